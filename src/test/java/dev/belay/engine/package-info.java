@NullMarked
package dev.belay.engine;

import org.jspecify.annotations.NullMarked;
