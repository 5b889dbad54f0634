package dev.turnout.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogFormatTest {
    @Test
    void a_line_is_text_or_one_json_object_as_the_setting_says() throws Exception {
        assertThat(line("text")).endsWith("ERROR Server: it is \"late\"\n");

        JsonObject json = new JsonObject(line("json"));
        assertThat(json.getString("level")).isEqualTo("ERROR");
        assertThat(json.getString("loggerName")).isEqualTo("dev.turnout.server.Server");
        assertThat(json.getString("formattedMessage")).isEqualTo("it is \"late\"");
        assertThat(json.getLong("timestamp")).isPositive();
    }

    private static String line(String format) throws Exception {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putProperty("TURNOUT_LOG_FORMAT", format);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogFormatTest.class.getResource("/logback.xml"));
        Logger logger = context.getLogger("dev.turnout.server.Server");
        ILoggingEvent event = new LoggingEvent(
                LogFormatTest.class.getName(), logger, Level.ERROR, "it is \"{}\"", null, new Object[] {"late"});
        ConsoleAppender<ILoggingEvent> appender =
                (ConsoleAppender<ILoggingEvent>) context.getLogger("ROOT").getAppender("STDERR");
        return new String(appender.getEncoder().encode(event), StandardCharsets.UTF_8);
    }
}
