@NullMarked
package dev.belay.engine.line;

import org.jspecify.annotations.NullMarked;
