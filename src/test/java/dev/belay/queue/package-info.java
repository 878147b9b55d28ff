@NullMarked
package dev.belay.queue;

import org.jspecify.annotations.NullMarked;
