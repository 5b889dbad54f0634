package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class QuestionsMysqlToPostgresTest extends Questions {
    QuestionsMysqlToPostgresTest() {
        super(TestServer.MYSQL, TestServer.POSTGRES_18);
    }
}
