package dev.turnout.worker.remote;

import dev.turnout.worker.testkit.TestServer;

class QuestionsPostgresToMysqlTest extends Questions {
    QuestionsPostgresToMysqlTest() {
        super(TestServer.POSTGRES_18, TestServer.MYSQL);
    }
}
