package dev.turnout.server.alert;

import dev.turnout.server.control.Alert;
import dev.turnout.server.control.Alert.Ruling;

/**
 * What was done about one alert and one flag.
 *
 * @param flagKey empty when it names none
 * @param rule that decided; empty: there was none
 */
public record Told(Alert alert, String flagKey, String rule, Ruling ruling) {}
