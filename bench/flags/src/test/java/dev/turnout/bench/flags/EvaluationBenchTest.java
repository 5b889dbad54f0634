package dev.turnout.bench.flags;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

class EvaluationBenchTest {
    @Test
    void everyQuestionIsAnswered() throws Exception {
        EvaluationBench bench = new EvaluationBench();
        bench.prepare();
        try {
            List<Method> questions = Arrays.stream(EvaluationBench.class.getMethods())
                    .filter(method -> method.isAnnotationPresent(Benchmark.class))
                    .toList();
            assertThat(questions).hasSizeGreaterThan(8);
            for (Method question : questions) {
                assertThat(question.invoke(bench)).as(question.getName()).isInstanceOf(Boolean.class);
            }
        } finally {
            bench.clean();
        }
    }
}
