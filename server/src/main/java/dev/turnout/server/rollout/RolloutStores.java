package dev.turnout.server.rollout;

import dev.turnout.server.control.AuditStore;
import dev.turnout.server.control.ControlDatabase;
import dev.turnout.server.control.FlagStore;
import dev.turnout.server.control.GuardStore;
import dev.turnout.server.control.IncidentStore;
import dev.turnout.server.control.MonitorStore;
import dev.turnout.server.control.NoticeStore;
import dev.turnout.server.control.OutcomeStore;
import dev.turnout.server.control.RolloutStore;

/** What rollouts are read from and written to; one database behind them all. */
public record RolloutStores(
        ControlDatabase database,
        FlagStore flags,
        RolloutStore rollouts,
        GuardStore guards,
        OutcomeStore outcomes,
        MonitorStore monitors,
        IncidentStore incidents,
        AuditStore audit,
        NoticeStore notices) {}
