-- What a worker needs beside its rights on the migrated database: docs/security.md says what each is for.
GRANT PROCESS ON *.* TO 'turnout'@'%';
GRANT ALL ON `turnout`.* TO 'turnout'@'%';
GRANT ALL ON `turnout\_scratch\_%`.* TO 'turnout'@'%';
