package dev.turnout.server.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pages show is decided by functions of their arguments. */
class DrawingTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    private static Doc doc(String json) throws JsonProcessingException {
        return new Doc(new ObjectMapper().readTree(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5%   | 12.345 |       | true  | 5% → 12.345%: 7.345% of the units (buckets 5000 to 12344) change to the new side",
                "50%  | 25     |       | false | 50% → 25%: 25% of the units (buckets 25000 to 49999) go back to the old side",
                "5%   | 5.0 %  | at 5% already | false | ''",
                "5%   | 0.0001 | finest percentage is 0.001 | false | ''",
                "5%   | 101    | from 0 to 100 | false | ''",
                "5%   | half   | from 0 to 100 | false | ''",
                "5%   | 1e999999999 | from 0 to 100 | false | ''",
            })
    void a_preview_says_who_changes_sides(String now, String to, String problem, boolean up, String says)
            throws Exception {
        Preview preview = Preview.of(doc("{\"state\":\"ON\",\"weight\":\"" + now.strip() + "\"}"), to);

        assertThat(preview.problem()).contains(problem == null ? "" : problem);
        assertThat(preview.problem().isEmpty()).isEqualTo(problem == null);
        assertThat(preview.up()).isEqualTo(up);
        assertThat(preview.says()).startsWith(says);
    }

    @ParameterizedTest
    @CsvSource({"'\"state\":\"ON\",\"rolledBack\":\"it burned\"',acknowledged", "'\"state\":\"OFF\"',switched on"})
    void a_preview_promises_nothing_of_a_flag_that_answers_with_the_old_side(String state, String until)
            throws Exception {
        assertThat(Preview.of(doc("{\"weight\":\"5%\"," + state + "}"), "50").says())
                .contains("nobody changes now", until);
    }

    @ParameterizedTest
    @CsvSource({"0,1", "0.0003,0.0005", "1,1", "1.2,2", "3,5", "73,100", "123456,200000"})
    void a_scale_ends_with_a_round_word(double most, double top) {
        assertThat(Scale.Linear.upTo(most).top()).isCloseTo(top, Offset.offset(top / 1e9));
    }

    @Test
    void a_line_breaks_where_there_is_no_value_and_says_in_words_what_it_shows() {
        Map<Instant, Double> values =
                new TreeMap<>(Map.of(NOON, 1.0, NOON.plusSeconds(3600), Double.NaN, NOON.plusSeconds(7200), 4.0));
        Chart chart = Chart.of("Failures", List.of(new Chart.Line("new side", "new", values)));

        assertThat(chart.parts(chart.lines().get(0))).hasSize(2);
        assertThat(chart.summary()).isEqualTo("new side: at last 4, at most 4");
        assertThat(chart.scale()).isEqualTo(new Scale.Linear(5));
        assertThat(chart.isEmpty()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0,7,10⁶", "5e6,7,10⁶", "3e8,9,10⁹", "1e250,9,10⁹"})
    void a_limit_is_seen_on_a_scale_of_powers_however_far_from_it_a_value_is(double most, int powers, String last) {
        Scale scale = Scale.Logarithmic.around(1e6, most);

        assertThat(scale).isEqualTo(new Scale.Logarithmic(powers));
        assertThat(scale.ticks()).first().matches(tick -> scale.word(tick).equals("1"));
        assertThat(scale.ticks()).last().matches(tick -> scale.word(tick).equals(last));
        assertThat(scale.share(0)).isZero();
        assertThat(scale.share(1e3)).isCloseTo(3.0 / powers, Offset.offset(1e-9));
        assertThat(scale.share(1e300)).isEqualTo(1);
    }

    @Test
    void a_mark_that_is_near_another_has_no_word_and_one_beyond_the_values_is_not_drawn() {
        Chart chart = Chart.of(
                "Failures", List.of(new Chart.Line("new", "new", Map.of(NOON, 1.0, NOON.plusSeconds(3600), 2.0))));

        assertThat(chart.within(List.of(
                        new Chart.Mark(NOON.plusSeconds(3601), "100%"),
                        new Chart.Mark(NOON.plusSeconds(1800), "25%"),
                        new Chart.Mark(NOON.plusSeconds(60), "10%"),
                        new Chart.Mark(NOON, "5%"))))
                .containsExactly(
                        new Chart.Mark(NOON, "5%"),
                        new Chart.Mark(NOON.plusSeconds(60), ""),
                        new Chart.Mark(NOON.plusSeconds(1800), "25%"));
    }

    private static String point(String at, int calls, int failures, double evidence) {
        String side = "{\"calls\":" + calls + ",\"failures\":" + failures + ",\"slow\":0,\"mismatches\":0}";
        return "{\"at\":\"2026-03-01T" + at + "Z\",\"weight\":\"5%\",\"old\":" + side + ",\"new\":" + side
                + ",\"evidence\":{\"failures\":" + evidence + ",\"slow\":0.5,\"mismatches\":0}}";
    }

    @Test
    void what_a_guard_saw_is_drawn_by_stretches_that_are_added_up_with_their_greatest_evidence() throws Exception {
        GuardView watched = GuardView.of(
                Lookback.TWO_HOURS,
                doc("{\"width\":\"PT10S\",\"threshold\":1000000,\"calm\":1000,\"points\":["
                        + point("12:00:00", 90, 1, 4) + "," + point("12:00:20", 10, 4, 2e6) + ","
                        + point("12:01:30", 50, 0, 3) + "]}"));

        assertThat(watched.length()).isEqualTo(Duration.ofSeconds(30));
        assertThat(watched.stretches()).containsOnlyKeys(NOON, NOON.plusSeconds(90));
        Chart failures = watched.outcomes().failures();
        assertThat(failures.lines()).extracting(Chart.Line::name).containsExactly("old side", "new side");
        assertThat(failures.lines().get(1).values()).containsEntry(NOON, 5.0);
        assertThat(failures.parts(failures.lines().get(1)))
                .as("nothing was reported between them")
                .hasSize(2);

        Chart evidence = watched.evidence();
        assertThat(evidence.lines())
                .extracting(Chart.Line::name)
                .containsExactly("failures", "slow calls", "mismatches");
        assertThat(evidence.lines().get(0).values()).containsEntry(NOON, 2e6);
        assertThat(evidence.y(2e6)).isLessThan(evidence.y(watched.threshold()));
        assertThat(evidence.summary())
                .contains("failures: at last 3, at most 2.0e+06")
                .contains("goes back above 1\u202f000\u202f000; waits above 1\u202f000");
        assertThat(evidence.within(List.of(new Chart.Mark(NOON.plusSeconds(100), "0%"))))
                .as("what was done within the last stretch")
                .hasSize(1);
    }

    @Test
    void a_guard_says_what_its_newest_evidence_comes_to() throws Exception {
        GuardView watched = GuardView.of(Lookback.DAY, doc("""
                {"width":"PT1M","threshold":1000000,"calm":1000,"points":[
                  {"at":"2026-03-01T12:00:00Z","evidence":{"failures":9e9}},
                  {"at":"2026-03-01T13:00:00Z","evidence":{"failures":12,"slow":1000,"mismatches":2e6}}]}"""));

        assertThat(watched.now())
                .containsExactlyInAnyOrder(
                        new GuardView.Verdict("failures", "12", "good", "calm"),
                        new GuardView.Verdict("slow calls", "1000", "unknown", "waits"),
                        new GuardView.Verdict("mismatches", "2.0e+06", "bad", "goes back"));
    }

    @Test
    void of_a_guard_that_saw_nothing_nothing_is_drawn() throws Exception {
        GuardView watched = GuardView.of(Lookback.DAY, doc("{\"width\":\"PT1M\",\"threshold\":1000000,\"points\":[]}"));

        assertThat(watched.stretches()).isEmpty();
        assertThat(watched.newest()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"TWO_HOURS,PT10S,PT30S", "DAY,PT1M,PT6M", "TWO_WEEKS,PT1H,PT2H"})
    void a_stretch_is_a_whole_number_of_points(Lookback reach, Duration width, Duration stretch) {
        assertThat(reach.stretch(width)).isEqualTo(stretch);
    }

    /** Read as the API's documents are: 100.00 becomes 1E+2. */
    @ParameterizedTest
    @CsvSource({"100.00,100", "12.50,12.5", "0.00,0", "1e250,1E+250"})
    void a_number_reads_as_its_digits(String json, String text) throws Exception {
        Doc number = new Doc(JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build()
                .readTree(json));

        assertThat(number.text()).isEqualTo(text);
    }

    @Test
    void the_bar_of_a_format_is_as_long_as_its_share_of_the_column() throws Exception {
        Doc run = new Doc(JsonMapper.builder()
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .build()
                .readTree("{\"reports\":{\"ANALYZING\":{\"columns\":[{\"column\":\"customers.first\",\"rows\":2000,"
                        + "\"formats\":[{\"format\":\"letters\",\"covered\":true,\"percent\":100.00,\"count\":2000,"
                        + "\"examples\":[\"Ann\"]}]}]}}}"));
        StringOutput html = new StringOutput();

        JteformatsGenerated.render(
                new OwaspHtmlTemplateOutput(html),
                Untouched.HTML,
                new MigrationPage(
                        run,
                        Doc.NOTHING,
                        Doc.NOTHING,
                        Doc.NOTHING,
                        new MigrationPage.Reports(Optional.empty(), Optional.empty())));

        assertThat(html.toString())
                .contains("<td class=\"num\">100</td>")
                .contains("<rect class=\"fill\" width=\"100\" height=\"10\"/>")
                // An image of a fixed width would fill a part of the column only.
                .doesNotContainPattern("<svg[^>]* width=");
    }

    @ParameterizedTest
    @CsvSource({
        "APPLIED,false,done,''", "APPLIED,true,taken back,''", "ADOPTED,false,was there,''",
        "BEGUN,false,begun,unknown", "BEGUN,true,begun to take it back,unknown", "FAILED,false,failed,failed",
        "CUT,false,'not finished, taken back',''"
    })
    void a_change_of_the_schema_is_told_in_words(String state, boolean undo, String words, String kind)
            throws Exception {
        Log log = Log.of(doc("{\"changes\":[{\"change\":\"add columns\",\"state\":\"" + state + "\",\"undo\":" + undo
                + ",\"tookMs\":1200}]}"));

        assertThat(log.changes()).singleElement().satisfies(change -> {
            assertThat(change.state()).isEqualTo(words);
            assertThat(change.kind()).isEqualTo(kind);
            assertThat(change.took()).isEqualTo("1 s");
        });
    }

    @Test
    void two_versions_differ_in_single_values_by_their_path() throws Exception {
        assertThat(Difference.between(
                        doc("{\"version\":1,\"weight\":\"5%\",\"rules\":[{\"serve\":\"on\"}],\"owner\":\"\"}"),
                        doc("{\"version\":2,\"weight\":\"7%\",\"rules\":[{\"serve\":\"off\"}],\"owner\":\"team\"}")))
                .containsExactly(
                        new Difference("owner", "", "team"),
                        new Difference("rules[1].serve", "on", "off"),
                        new Difference("weight", "5%", "7%"));
    }

    @ParameterizedTest
    @CsvSource({
        "CREATED,,created,here", "BACKFILLING,,backfilling,here", "PAUSED,BACKFILLING,backfilling,held",
        "FAILED,VERIFYING,verifying,held", "DONE,,done,past", "ROLLED_BACK,,created,ahead"
    })
    void the_train_is_where_the_run_is(String phase, String from, String stop, String place) throws Exception {
        String pausedFrom = from == null ? "" : ",\"pausedFrom\":\"" + from + "\"";

        Track track = Track.of(doc("{\"phase\":\"" + phase + "\"" + pausedFrom + "}"));

        assertThat(track.stops())
                .hasSize(11)
                .filteredOn(each -> each.name().equals(stop))
                .singleElement()
                .matches(each -> each.place().equals(place), place);
    }

    @Test
    void progress_is_found_at_any_depth_with_its_pace_and_what_is_left() throws Exception {
        assertThat(Bars.of(doc("{\"customers\":{\"done\":1500,\"total\":6000,\"unit\":\"rows\",\"estimated\":true,"
                        + "\"perSecond\":120.4,\"secondsLeft\":{\"from\":30,\"to\":90},\"throttledPercent\":12}}")))
                .containsExactly(
                        new Bars.Bar(
                                "customers",
                                25,
                                "1\u202f500 of about 6\u202f000 rows · 120/s · 30 s to 1 min 30 s left · throttled 12 % of the time"));
    }

    @ParameterizedTest
    @CsvSource({
        "'\"2026-03-01T06:00:00Z\"',FRESH",
        "'\"2026-03-01T05:59:59Z\"',PACED",
        "'\"2026-03-01T00:00:00Z\"',PACED",
        "'\"2026-02-28T12:00:00Z\"',LATE",
        "'\"2026-02-28T11:59:59Z\"',OVERDUE",
        "null,NEVER",
        "'\"soon\"',NEVER",
        "'\"\"',NEVER"
    })
    void a_cell_is_as_old_as_its_share_of_the_age_allowed(String cell, Coverage.Step step) throws Exception {
        assertThat(Coverage.of(
                        doc("{\"rollout\":{\"verifyMaxAge\":\"PT24H\"},\"coverage\":{\"t\":[" + cell + "]}}"),
                        new Times(NOON)))
                .singleElement()
                .satisfies(map ->
                        assertThat(map.cells()).extracting(Coverage.Cell::step).containsExactly(step));
    }

    @Test
    void a_map_says_in_words_what_it_shows_and_is_none_where_no_age_is_allowed() throws Exception {
        String coverage = "\"coverage\":{\"t\":[\"2026-03-01T11:00:00Z\",null,\"2026-03-01T09:00:00Z\"],\"u\":[null]}";

        assertThat(Coverage.of(doc("{\"rollout\":{\"verifyMaxAge\":\"PT24H\"}," + coverage + "}"), new Times(NOON)))
                .extracting(Coverage::summary)
                .containsExactly(
                        "oldest 3 h ago, newest 1 h ago, 1 of 3 ranges never verified", "1 of 1 ranges never verified");
        assertThat(Coverage.of(doc("{" + coverage + "}"), new Times(NOON))).isEmpty();
    }

    @Test
    void a_session_is_read_by_every_server_with_the_secret_until_it_is_over() {
        byte[] secret = new byte[32];
        Sessions one = new Sessions(secret, InstantSource.fixed(NOON));
        String sealed = one.seal(one.open("turnout_token"));

        assertThat(new Sessions(secret, InstantSource.fixed(NOON.plus(Duration.ofHours(7)))).read(sealed))
                .get()
                .matches(session -> session.token().equals("turnout_token"));
        assertThat(new Sessions(secret, InstantSource.fixed(NOON.plus(Sessions.LIFE))).read(sealed))
                .isEmpty();
        secret[0] = 1;
        assertThat(new Sessions(secret, InstantSource.fixed(NOON)).read(sealed)).isEmpty();
        assertThat(one.read("no session")).isEmpty();
        assertThat(one.read("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"-5,5 s ago", "0,now", "-125,2 min 5 s ago", "-7500,2 h 5 min ago", "90000,in 1 d 1 h"})
    void times_are_told_from_now(long seconds, String words) {
        assertThat(new Times(NOON).relative(NOON.plusSeconds(seconds))).isEqualTo(words);
    }
}
