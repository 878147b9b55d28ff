/** The tests of the command line, on a file and on a server. */
package dev.belay.cli;
