-- Flags have targeting: a schedule, prerequisites and rules. Those from before have none.

UPDATE flag
   SET definition = definition || '{"targeting": {"schedule": {}, "prerequisites": [], "rules": []}}'
 WHERE NOT definition ? 'targeting';
