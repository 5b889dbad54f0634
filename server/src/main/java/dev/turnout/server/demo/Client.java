package dev.turnout.server.demo;

import dev.turnout.server.demo.Desk.Promised;
import dev.turnout.server.demo.Desk.Wish;
import dev.turnout.server.demo.Outcomes.Outcome;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the application's clients; serves its own share of the patients, one at a time. Used by one thread. */
final class Client {
    private static final Logger log = LoggerFactory.getLogger(Client.class);
    private static final List<String> TIMES = List.of(
            "09:00", "10:30", "11:00", "14:30", "17:00", "18:30", "오전 10시", "오후 2:30", "AM 9:30", "2pm", "morning",
            "저녁");
    /** As rare as in the sample. */
    private static final int ANYTIME_PERCENT = 3;

    /** Patients per client that come again and again, so that one reservation is written through both codes in turn. */
    private static final int REGULARS = 50;

    private final Share share;
    private final FlagClient flag;
    private final Desk desk;
    private final ReservationNumbers numbers;
    private final Note note;
    private final Random random = new Random();

    /** Which patients a client has: those whose number leaves its own number when divided by the number of clients. */
    record Share(int client, BookingApplication.Load load) {
        String patient(Random random) {
            long share = Math.max(1, load.patients() / load.clients());
            long nth = random.nextBoolean() ? random.nextInt((int) Math.min(REGULARS, share)) : random.nextLong(share);
            return Hospital.patient(nth * load.clients() + client + 1);
        }
    }

    /** Is told of every call that got as far as an answer of the flag. */
    interface Note {
        void call(FlagClient.Answer answer, Outcome outcome, long nanos);
    }

    Client(Share share, FlagClient flag, Desk desk, ReservationNumbers numbers, Note note) {
        this.share = share;
        this.flag = flag;
        this.desk = desk;
        this.numbers = numbers;
        this.note = note;
    }

    /** Calls at its pace as long as the application is open. */
    void work(BooleanSupplier open) {
        long pause = share.load().pause().toNanos();
        long next = System.nanoTime();
        while (open.getAsBoolean()) {
            try {
                serve(share.patient(random));
            } catch (IOException e) {
                // No answer, no side: a write through the wrong code would be worse than a late one.
                log.debug("the flag does not answer: {}", e.getMessage());
                LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            } catch (InterruptedException e) {
                return;
            }
            // Behind its pace it goes on at once but does not catch up in a burst.
            next = Math.max(next + pause, System.nanoTime() - pause);
            LockSupport.parkNanos(next - System.nanoTime());
        }
    }

    private void serve(String patient) throws IOException, InterruptedException {
        long started = System.nanoTime();
        FlagClient.Answer answer = flag.ask(patient);
        Outcome outcome;
        try {
            outcome = call(answer.arm(), patient);
        } catch (SQLException | Release.SlotPickerFailed e) {
            log.debug("{} failed for {}: {}", answer.arm(), patient, e.getMessage());
            outcome = Outcome.FAILED;
        }
        note.call(answer, outcome, System.nanoTime() - started);
    }

    private Outcome call(Arm arm, String patient) throws SQLException {
        List<Promised> all = desk.reservations(arm, patient);
        boolean shown = all.stream().allMatch(Promised::shown);
        if (!shown) {
            log.warn("{} shows {} something else than was promised: {}", arm, patient, all);
        }
        desk.fulfil(wish(patient, all), arm);
        return shown ? Outcome.FINE : Outcome.MISMATCHED;
    }

    private Wish wish(String patient, List<Promised> all) throws SQLException {
        List<Promised> live =
                all.stream().filter(each -> !each.booking().cancelled()).toList();
        int dice = random.nextInt(100);
        if (live.isEmpty() || dice < 40) {
            return new Wish.Create(numbers.next(), new Booking(patient, date(), service(), time(), Booking.PENDING));
        }
        Promised one = live.get(random.nextInt(live.size()));
        if (dice < 65) {
            return new Wish.Move(one.id(), one.booking(), date(), service(), time());
        } else if (dice < 75) {
            return new Wish.PutInState(one.id(), one.booking(), Booking.CONFIRMED);
        } else if (dice < 87) {
            return new Wish.PutInState(one.id(), one.booking(), Booking.CANCELLED);
        }
        return new Wish.Withdraw(one.id(), one.booking());
    }

    private LocalDate date() {
        return Hospital.OPENS.plusDays(random.nextInt(60));
    }

    private String service() {
        return Hospital.SERVICES.get(random.nextInt(Hospital.SERVICES.size())).code();
    }

    private String time() {
        return random.nextInt(100) < ANYTIME_PERCENT ? Period.ANYTIME : TIMES.get(random.nextInt(TIMES.size()));
    }
}
