package dev.turnout.server.cli;

import dev.turnout.flags.Flag;
import dev.turnout.flags.togglz.TogglzImport;
import dev.turnout.flags.togglz.TogglzImport.Imported;
import dev.turnout.server.http.FlagFile;
import dev.turnout.server.settings.Settings;
import dev.turnout.worker.jdbc.ConnectionSettings;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.repository.util.DefaultMapSerializer;
import org.togglz.core.util.NamedFeature;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code turnout flag from-togglz}: what an application's JDBCStateRepository has kept, as a file of flags. */
@Command(
        name = "from-togglz",
        description = {
            "Prints the features of a Togglz JDBCStateRepository as a file for `turnout flag apply`.",
            "Only reads. What cannot be the same in Turnout is said on standard error."
        },
        mixinStandardHelpOptions = true)
final class TogglzCommand implements Callable<Integer> {
    private static final int INCOMPLETE = ExitStatus.REFUSED.code();

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private FlagCommand flag;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private SettingsOptions options;

    @Option(
            names = "--from",
            required = true,
            paramLabel = "NAME",
            description = "the database, by its name in --database")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String from;

    @Option(
            names = "--table",
            paramLabel = "TABLE",
            defaultValue = "TOGGLZ",
            description = "where the features are; ${DEFAULT-VALUE} unless set")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String table;

    /** 1 when a feature was left out. */
    @Override
    public Integer call() {
        Settings settings = options.read(flag.turnout().environment());
        ConnectionSettings database = Optional.ofNullable(settings.databases().get(from))
                .orElseThrow(() -> CommandFailed.badInput("there is no database '" + from + "': set --database " + from
                        + "=URL (TURNOUT_DB_<NAME>_URL)"));
        if (!table.matches("[A-Za-z0-9_.]{1,100}")) {
            throw CommandFailed.badInput("--table is the name of a table, not '" + table + "'");
        }
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        List<Flag> flags = new ArrayList<>();
        int status = 0;
        for (FeatureState state : features(database)) {
            Imported imported = TogglzImport.of(state);
            imported.flag().ifPresent(flags::add);
            if (!imported.remark().isEmpty()) {
                err.println(imported.feature() + ": " + imported.remark());
            }
            status = imported.flag().isEmpty() ? INCOMPLETE : status;
        }
        out.print(FlagFile.write(flags));
        out.flush();
        err.flush();
        return status;
    }

    private List<FeatureState> features(ConnectionSettings database) {
        // The name is checked above; Togglz leaves it unquoted, so that the database folds its case as it does there.
        String query = "SELECT FEATURE_NAME, FEATURE_ENABLED, STRATEGY_ID, STRATEGY_PARAMS FROM " + table
                + " ORDER BY FEATURE_NAME";
        List<FeatureState> features = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(30);
            try (ResultSet row = statement.executeQuery(query)) {
                while (row.next()) {
                    features.add(feature(row));
                }
            }
        } catch (SQLException e) {
            throw CommandFailed.badInput("cannot read " + table + " of " + from + ": " + e.getMessage());
        }
        return features;
    }

    private static FeatureState feature(ResultSet row) throws SQLException {
        FeatureState state = new FeatureState(new NamedFeature(row.getString(1)), row.getInt(2) > 0);
        state.setStrategyId(row.getString(3));
        String parameters = Optional.ofNullable(row.getString(4)).orElse("");
        DefaultMapSerializer.multiline().deserialize(parameters).forEach(state::setParameter);
        return state;
    }
}
