package dev.nnd.grammar;

/** How serious a diagnostic is; an error fails the build. */
public enum Severity {
    ERROR,
    WARNING
}
