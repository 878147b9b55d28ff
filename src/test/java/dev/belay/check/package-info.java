@NullMarked
package dev.belay.check;

import org.jspecify.annotations.NullMarked;
