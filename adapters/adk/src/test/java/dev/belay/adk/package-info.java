@NullMarked
package dev.belay.adk;

import org.jspecify.annotations.NullMarked;
