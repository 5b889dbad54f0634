package dev.turnout.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees and does, in Chromium against a server that moves rows. Screenshots are kept below {@code target}. */
class BrowserTest {
    private static final Path CHROMIUM = Path.of(System.getProperty("turnout.test.chromium", "/usr/bin/chromium"));
    private static final Path SHOTS = Path.of("target", "screenshots");
    /** A whole phase may pass while somebody looks. */
    private static final double PATIENCE_MS = 90_000;

    private static final String BEYOND = """
            [...document.querySelectorAll('main *, header *')]
              .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth)
              .map(each => each.localName + '.' + each.className + ' ' + each.getBoundingClientRect().right)
              .join(', ')""";

    private static Playwright playwright;
    private static Browser browser;
    private static Shop shop;

    @SuppressWarnings("NullAway.Init") // opened before each test
    private Page page;

    private final List<String> complaints = new ArrayList<>();

    @BeforeAll
    static void open(@TempDir Path data) throws Exception {
        if (!Files.isExecutable(CHROMIUM)) {
            System.out.println("SKIPPED, for want of a browser at " + CHROMIUM + ": the tests of the console in one");
        }
        assumeTrue(Files.isExecutable(CHROMIUM), "there is no browser at " + CHROMIUM);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of("--no-sandbox", "--disable-background-networking", "--disable-gpu")));
        PlaywrightAssertions.setDefaultAssertionTimeout(15_000);
        shop = new Shop(data);
        Files.createDirectories(SHOTS);
    }

    @AfterAll
    static void shut() throws Exception {
        if (playwright != null) {
            playwright.close();
        }
        if (shop != null) {
            shop.close();
        }
    }

    @BeforeEach
    void login() {
        page = visitor(1280, 800, ColorScheme.LIGHT);
    }

    /** Somebody who is logged in, with a window of that size. */
    private Page visitor(int width, int height, ColorScheme colours) {
        BrowserContext context = browser.newContext(
                new Browser.NewContextOptions().setViewportSize(width, height).setColorScheme(colours));
        Page opened = context.newPage();
        opened.onConsoleMessage(message -> {
            if (message.text().contains("Content Security Policy") || message.text().contains("Error:")) {
                complaints.add(message.text());
            }
        });
        opened.onPageError(complaints::add);
        opened.navigate(shop.uri().resolve("/login").toString());
        opened.getByLabel("API token").fill(shop.token());
        opened.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in")).click();
        assertThat(heading(opened, "Overview")).isVisible();
        return opened;
    }

    @AfterEach
    void close() {
        if (page != null) {
            page.context().close();
        }
        assertThat(complaints).isEmpty();
    }

    private void go(String path) {
        page.navigate(shop.uri().resolve(path).toString());
    }

    private static Locator heading(Page on, String name) {
        return on.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName(name)).first();
    }

    private Locator button(String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static LocatorAssertions.IsVisibleOptions patiently() {
        return new LocatorAssertions.IsVisibleOptions().setTimeout(PATIENCE_MS);
    }

    /** A page that is loaded anew forgets it. */
    private void mark() {
        page.evaluate("window.stillTheSamePage = true");
    }

    private boolean stillTheSame() {
        return Boolean.TRUE.equals(page.evaluate("window.stillTheSamePage === true"));
    }

    @Test
    void an_operator_takes_a_migration_from_its_start_to_its_contract() throws Exception {
        go("/new-migration");
        page.getByLabel("Text", new Page.GetByLabelOptions().setExact(false)).first().fill(Shop.SPEC.replace("soak: 2h }", "soak: soon }"));
        button("Check it").click();
        assertThat(heading(page, "problem")).containsText("nothing was changed");
        assertThat(page.locator(".excerpt .meant").first()).containsText("soak: soon");
        accessible("new-migration-problems");
        page.locator("textarea[name=text]").first().fill(Shop.SPEC);
        page.getByText("Paste another file").click();
        page.locator("#name-more").fill("drop.sql");
        page.locator("#text-more").fill(Shop.DROP);
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(page.getByText("No problem was found")).isVisible();
        assertThat(page.getByText("The live database was looked at")).isVisible();
        accessible("new-migration-fine");
        page.locator("#start-reason").fill("one name is enough");
        page.keyboard().press("Tab");
        page.keyboard().press("Enter");
        assertThat(page.getByText("The migration is started")).isVisible();
        mark();
        Locator phase = page.locator("h1 .tag").first();
        assertThat(phase).hasText("rolling out", new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE_MS));
        assertThat(stillTheSame()).as("the phases came by themselves").isTrue();
        assertThat(page.getByText("split_part(new.name, ' ', 1)").first()).isVisible();
        assertThat(page.locator(".bars td.num").first()).hasText("100");
        Number filled = (Number) page.locator(".bars td svg")
                .first()
                .evaluate("svg => svg.getBoundingClientRect().width / svg.parentElement.clientWidth");
        assertThat(filled.doubleValue()).as("of its column, by the bar of 100 %").isGreaterThan(0.9);

        assertThat(page.getByText("Latest batches of customers")).isVisible();
        assertThat(page.getByText("add columns customers (name)").first()).isVisible();
        assertThat(page.locator("svg.ages[role=img] rect.never")).hasCount(0);
        assertThat(page.locator("svg.ages[role=img]")).isVisible();
        button("Verify now…").click();
        page.getByLabel("Which rows").selectOption("customers");
        page.locator("#verify-reason").fill("a restore went wrong");
        accessible("verify-now");
        button("Verify now").click();
        assertThat(page.getByText("The rows are being verified anew.")).isVisible();
        assertThat(page.locator("section[aria-labelledby=verified] li")).containsText("no difference found");
        assertThat(page.locator("section[aria-labelledby=verified] li")).containsText("done");
        accessible("migration-rolling-out");
        page.setViewportSize(390, 844);
        accessible("migration-rolling-out-phone");
        for (String section : List.of("work", "verified")) {
            page.locator("section[aria-labelledby=" + section + "]")
                    .screenshot(new Locator.ScreenshotOptions().setPath(SHOTS.resolve(section + "-phone.png")));
        }
        assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(390);
        page.setViewportSize(1280, 800);

        go("/flags/one-name");
        assertThat(button("Approve 100%")).isVisible(patiently());
        accessible("flag-in-rollout");
        button("Approve 100%").click();
        assertThat(page.getByText("The next step is approved.")).isVisible();

        go("/monitors");
        assertThat(page.getByText("names of customers").first()).isVisible();
        button("Measure names of customers now").click();
        assertThat(page.getByText("The monitor is being measured")).isVisible();
        assertThat(page.locator(".reading").first()).containsText("2000");
        accessible("monitors-in-rollout");

        go("/migrations/names");
        page.getByText("Record a backup").click();
        page.getByLabel("Where it is, in words").fill("snapshot 7 in the vault");
        button("Record it").click();
        assertThat(page.getByText("snapshot 7 in the vault")).isVisible();
        button("Approve the contract").click();
        assertThat(page.getByText("The contract is approved.")).isVisible();
        mark();
        assertThat(page.locator("h1 .tag").first())
                .hasText("done", new LocatorAssertions.HasTextOptions().setTimeout(PATIENCE_MS));
        assertThat(stillTheSame()).isTrue();
        assertThat(page.getByText("as it was at the end")).isVisible();
        assertThat(page.locator("svg.ages[role=img]")).isVisible();
        accessible("migration-done");
    }

    @Test
    void a_percentage_is_moved_a_rollback_arrives_by_itself_and_is_acknowledged() throws Exception {
        shop.call("PUT", "/api/v1/flags/checkout", new JsonObject().put("weight", "5%"));
        go("/flags/checkout");
        page.getByLabel("To, in steps of 0.001").fill("12.345");
        assertThat(page.getByText("5% → 12.345%: 7.345% of the units")).isVisible();
        page.locator("#weight-reason").fill("a first share");
        button("Set to 12.345 %").click();
        assertThat(page.getByText("The percentage is set.")).isVisible();
        assertThat(page.locator(".big")).containsText("12.345%");

        mark();
        assertThat(page.locator("#live")).hasAttribute("data-state", "on");
        long began = System.nanoTime();
        shop.call("POST", "/api/v1/flags/checkout/kill", new JsonObject().put("reason", "payments fail"));
        assertThat(page.locator("#back")).hasText("rolled back");
        long millis = (System.nanoTime() - began) / 1_000_000;
        System.out.println("a rollback arrived on an open page after " + millis + " ms");
        assertThat(page.getByText("payments fail").first()).isVisible();
        assertThat(page.locator(".big")).containsText("0%");
        assertThat(stillTheSame()).as("nobody reloaded it").isTrue();

        page.getByLabel("What was wrong, and what was done about it").fill("the gateway is back");
        button("Acknowledge").click();
        assertThat(page.getByText("Acknowledged: the rollout may begin again.")).isVisible();
        assertThat(page.locator("#back")).containsText("Roll back");
    }

    @Test
    void a_plan_is_begun_and_ended_with_the_keyboard() throws Exception {
        shop.call("PUT", "/api/v1/flags/planned", new JsonObject());
        go("/flags/planned");
        page.locator("#begin-plan > summary").focus();
        page.keyboard().press("Enter");
        assertThat(page.getByLabel("Percentage of step 4")).hasValue("100%");
        accessible("flag-begin-desktop");
        page.getByLabel("Soak of step 1").fill("30d");
        page.locator("#plan-reason").focus();
        page.keyboard().type("as agreed");
        page.keyboard().press("Enter");
        assertThat(page.getByText("The rollout has begun.")).isVisible();
        assertThat(page.locator(".steps li").first()).containsText("5%");
        button("End the rollout…").click();
        assertThat(page.locator("#end-form")).containsText("It stays at");
        page.keyboard().type("by hand from now on");
        page.keyboard().press("Enter");
        assertThat(page.getByText("The rollout has ended; the flag stays where it is.")).isVisible();
    }

    @Test
    void a_rule_for_alerts_is_made_and_tried() throws Exception {
        shop.call("PUT", "/api/v1/flags/ruled", new JsonObject().put("weight", "5%"));
        go("/alerts");
        page.getByText("Make another rule").click();
        page.locator("#ar-of-new").fill("wards");
        page.locator("#ar-flag-new").fill("ruled");
        // An hour passes in a second.
        page.locator("#ar-window-new").fill("24h");
        page.locator("#ar-labels-new").fill("ward = three");
        page.locator("#ar-reason-new").fill("the ward has no flag label");
        accessible("alerts-new-rule");
        button("Make the rule").click();
        assertThat(page.getByText("The rule is set.")).isVisible();
        assertThat(page.locator("#rule-wards")).containsText("ward = three takes back the flag ruled");
        page.getByText("Try an alert against them").click();
        page.locator("#payload").fill("""
                {"alerts":[{"status":"firing","startsAt":"2026-01-31T09:00:00Z","labels":{"alertname":"Slow","ward":"three"}}]}""");
        button("Say what would be done").click();
        assertThat(page.locator("#would")).hasText("1 would be acted on");
        accessible("alert-trial-told");
    }

    @Test
    void a_file_of_flags_is_looked_at_and_applied_with_the_keyboard() throws Exception {
        shop.call("PUT", "/api/v1/flags/filed", new JsonObject().put("weight", "5%"));
        go("/flags");
        page.getByText("All as a file").click();
        Download download = page.waitForDownload(() -> page.getByText("Download flags.yaml").click());
        assertThat(download.suggestedFilename()).isEqualTo("flags.yaml");
        assertThat(Files.readString(download.path())).contains("filed:");
        page.getByLabel("Or paste it").fill("\nflags:\n  filed: {weight: 7%}\n  another: {weight: 250%}\n");
        button("Say what would change").click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("flags.another.");
        accessible("flag-file-problem");
        page.getByLabel("Or paste it").fill("\nflags:\n  filed: {weight: 7%}\n  another: {weight: 1%}\n");
        button("Say what would change").click();
        assertThat(page.locator("#would")).containsText("2 flags would change");
        accessible("flag-file-diff");
        page.setViewportSize(390, 844);
        accessible("flag-file-diff-phone");
        assertThat((int) page.evaluate("document.documentElement.scrollWidth")).isLessThanOrEqualTo(390);
        page.setViewportSize(1280, 800);
        page.locator("#file-reason").focus();
        page.keyboard().type("as agreed");
        page.keyboard().press("Enter");
        assertThat(page.getByText("The flags are what the file says.")).isVisible();
        assertThat(shop.call("GET", "/api/v1/flags/filed", new JsonObject()).getString("weight"))
                .isEqualTo("7%");
    }

    @Test
    void one_confirmation_says_what_a_roll_back_does_and_the_keyboard_is_enough_for_it() throws Exception {
        shop.call("PUT", "/api/v1/flags/sinking", new JsonObject().put("weight", "40%"));
        go("/flags/sinking");
        page.locator("#back").focus();
        page.keyboard().press("Enter");
        assertThat(page.locator("#back-form")).containsText("40%");
        assertThat(page.locator("#back-reason")).isFocused();
        page.keyboard().type("it burns");
        page.keyboard().press("Enter");
        assertThat(page.locator("#back")).hasText("rolled back");
        assertThat(shop.call("GET", "/api/v1/flags/sinking", new JsonObject()).getString("weight"))
                .isEqualTo("0%");
    }

    @Test
    void what_somebody_types_stays_while_the_page_changes_around_it() throws Exception {
        shop.call("PUT", "/api/v1/flags/typing", new JsonObject().put("weight", "5%"));
        go("/flags/typing");
        assertThat(page.locator("#live")).hasAttribute("data-state", "on");
        page.locator("#back").click();
        page.locator("#back-reason").fill("half a sen");
        shop.call("PATCH", "/api/v1/flags/typing", new JsonObject().put("weight", "6%"));
        assertThat(page.locator(".big")).containsText("6%");
        assertThat(page.locator("#back-form")).isVisible();
        assertThat(page.locator("#back-reason")).hasValue("half a sen");
        assertThat(page.locator("#back-reason")).isFocused();
    }

    @Test
    void every_page_is_accessible_and_fits_a_desk_and_a_phone_in_light_and_dark() throws Exception {
        shop.call("PUT", "/api/v1/flags/gallery", new JsonObject().put("weight", "25%").put("owner", "team"));
        outcomes("gallery");
        shop.call("POST", "/api/v1/flags/gallery/kill", new JsonObject().put("reason", "for the picture"));
        shop.call("POST", "/api/v1/alerts/alertmanager", new JsonObject("""
                {"alerts":[{"status":"firing","startsAt":"2020-01-31T09:00:00Z","fingerprint":"abc",
                  "labels":{"alertname":"ErrorsOfTheNewSide","severity":"critical","flag":"gallery","job":"booking"},
                  "annotations":{"summary":"7 % of the bookings fail"}}]}"""));
        Map<String, String> pages = new LinkedHashMap<>();
        pages.put("overview", "/");
        pages.put("flags", "/flags");
        pages.put("flag", "/flags/gallery?percent=12.5&subject=ann&guard=14d");
        pages.put("new-flag", "/new-flag");
        pages.put("flag-file", "/flag-file");
        pages.put("new-migration", "/new-migration");
        pages.put("alerts", "/alerts");
        pages.put("alert-trial", "/alerts/test");
        pages.put("monitors", "/monitors");
        pages.put("incidents", "/incidents");
        pages.put("incident", "/incidents/1");
        pages.put("audit", "/audit");
        pages.put("tokens", "/tokens");
        pages.put("about", "/about");
        if (!shop.call("GET", "/api/v1/migrations", new JsonObject()).getJsonArray("migrations").isEmpty()) {
            pages.put("migration", "/migrations/names");
            pages.put("migrated-flag", "/flags/one-name");
        }
        for (ColorScheme colours : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (boolean phone : new boolean[] {false, true}) {
                page.context().close();
                page = phone ? visitor(390, 844, colours) : visitor(1280, 800, colours);
                for (Map.Entry<String, String> each : pages.entrySet()) {
                    go(each.getValue());
                    String name = each.getKey() + (phone ? "-phone-" : "-desktop-") + colours.name().toLowerCase(Locale.ROOT);
                    if (each.getKey().equals("flag")) {
                        assertThat(page.locator("#g-evidence svg[role=img]")).isVisible();
                    }
                    accessible(name);
                    assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
                            .as("the width of %s, with %s", name, page.evaluate(BEYOND))
                            .isLessThanOrEqualTo(phone ? 390 : 1280);
                }
            }
        }
    }

    /** A few reports of both sides, each seen by the guard before the next is sent. */
    private static void outcomes(String flag) throws Exception {
        shop.call("POST", "/api/v1/rollouts/" + flag, new JsonObject("""
                {"steps":[{"to":"25%","soak":"7d"},{"to":"100%","soak":"7d","approve":true}]}"""));
        int version = shop.call("GET", "/api/v1/flags/" + flag, new JsonObject()).getInteger("version");
        for (int seq = 1; seq <= 6; seq++) {
            shop.call("POST", "/api/v1/outcomes", new JsonObject("""
                    {"flag":"%s","version":%d,"reporter":"app","seq":%d,"arms":{
                      "NEW":{"calls":3,"failures":1,"slow":1,"exposed":[%d,7,8],"failed":[%d]},
                      "OLD":{"calls":9,"failures":%d,"exposed":[30001,30002,30003]}}}""".formatted(flag, version, seq, seq, seq, seq % 3)));
            int seen = seq;
            await().until(() -> shop.call(
                                    "GET", "/api/v1/flags/" + flag + "/guard?minutes=1440", new JsonObject())
                            .getJsonArray("points")
                            .size()
                    >= seen);
        }
    }

    /** Keeps a picture, and finds no violation that axe calls serious. */
    private void accessible(String name) throws IOException {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SHOTS.resolve(name + ".png"))
                .setFullPage(true));
        page.evaluate(axe());
        Object violations = page.evaluate("""
                async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
                  .filter(found => found.impact === 'serious' || found.impact === 'critical')
                  .map(found => found.id + ': ' + found.nodes.map(node => node.target.join(' ') + ' ' + (node.failureSummary ?? '')).join('; '))
                """);
        assertThat((List<?>) violations).as(name).isEmpty();
    }

    private static String axe() throws IOException {
        try (InputStream script =
                Objects.requireNonNull(BrowserTest.class.getResourceAsStream("/axe.min.js"), "axe.min.js")) {
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
