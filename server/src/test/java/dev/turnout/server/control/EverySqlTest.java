package dev.turnout.server.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every SQL constant is understood by the real schema, before anybody needs it. */
class EverySqlTest {
    @TestFactory
    Stream<DynamicTest> every_statement_is_understood() throws Exception {
        ControlFixture fixture = ControlFixture.open(1);
        Connection connection = fixture.database.connect();
        return statements()
                .map(field -> DynamicTest.dynamicTest(
                        field.getDeclaringClass().getSimpleName() + "." + field.getName(),
                        () -> understood(connection, sql(field))))
                .onClose(() -> {
                    try {
                        connection.close();
                        fixture.close();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    private static void understood(Connection connection, String sql) throws Exception {
        assertThat(sql).doesNotContainPattern("\\$\\d");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            // Makes the driver send the statement to be parsed, planned names and types included.
            assertThat(statement.getParameterMetaData().getParameterCount())
                    .isEqualTo((int) sql.chars().filter(c -> c == '?').count());
        }
    }

    private static Stream<Field> statements() {
        return new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.turnout.server.control")
                        .stream()
                        .map(JavaClass::reflect)
                        .flatMap(type -> Stream.of(type.getDeclaredFields()))
                        .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                        .filter(field -> !Modifier.isPrivate(field.getModifiers()))
                        .filter(field -> sql(field).matches("(?s)(SELECT|INSERT|UPDATE|DELETE|LOCK|LISTEN|WITH) .*"));
    }

    private static String sql(Field field) {
        try {
            field.setAccessible(true);
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
