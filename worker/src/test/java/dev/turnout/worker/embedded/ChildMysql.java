package dev.turnout.worker.embedded;

/** A process of its own that starts a throw-away MySQL, says where, and waits to be killed. */
final class ChildMysql {
    private ChildMysql() {}

    public static void main(String[] args) throws Exception {
        try (EmbeddedMysql mysql = EmbeddedMysql.mysql()) {
            System.out.println(ChildServer.READY + mysql.dataDirectory());
            // Ends with the test that reads from us, should it fail to kill us.
            System.in.read();
        }
    }
}
