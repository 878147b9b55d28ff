@NullMarked
package dev.belay.session;

import org.jspecify.annotations.NullMarked;
