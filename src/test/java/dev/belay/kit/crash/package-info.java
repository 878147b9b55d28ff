/** What is left of a process that ends in the middle. */
package dev.belay.kit.crash;
