-- A session: what the user asked and got. Text is UTF-8, times are UTC as 2026-11-25T16:00:00.000Z, JSON is text.
CREATE TABLE session (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What was read: enough to read it again (request) and to prove it is the same (sha256, manifest).
CREATE TABLE corpus (
    id INTEGER PRIMARY KEY,
    sha256 TEXT NOT NULL,
    name TEXT NOT NULL,
    request TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    saved TEXT NOT NULL
) STRICT;

CREATE TABLE manifest (
    corpus INTEGER NOT NULL REFERENCES corpus(id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    rule TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    tokens INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    pages INTEGER NOT NULL
) STRICT;
CREATE INDEX manifest_of_corpus ON manifest(corpus);

CREATE TABLE run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    goal TEXT NOT NULL,
    question TEXT NOT NULL,
    options TEXT NOT NULL,
    engine TEXT NOT NULL,
    model TEXT NOT NULL,
    prompts_sha256 TEXT NOT NULL,
    corpus INTEGER REFERENCES corpus(id),
    resumed_from TEXT REFERENCES run(id),
    started TEXT NOT NULL,
    finished TEXT,
    status TEXT NOT NULL,
    exit INTEGER NOT NULL,
    conditions TEXT NOT NULL,
    report TEXT
) STRICT;

CREATE TABLE plan (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run(id),
    goal TEXT NOT NULL,
    items TEXT NOT NULL,
    made TEXT NOT NULL
) STRICT;

-- A finished, paid reply; looked up by branch before the call is made again.
CREATE TABLE reply (
    run TEXT NOT NULL REFERENCES run(id),
    branch TEXT NOT NULL,
    finish TEXT NOT NULL,
    model TEXT NOT NULL,
    message TEXT NOT NULL,
    made TEXT NOT NULL,
    PRIMARY KEY (run, branch)
) STRICT;

-- One row per paid call, so that the sum is the bill.
CREATE TABLE usage (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    branch TEXT NOT NULL,
    input_uncached INTEGER NOT NULL,
    input_cached INTEGER NOT NULL,
    output INTEGER NOT NULL,
    reasoning INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    seconds REAL NOT NULL,
    bytes_sent INTEGER NOT NULL,
    made TEXT NOT NULL,
    FOREIGN KEY (run, branch) REFERENCES reply(run, branch)
) STRICT;
CREATE INDEX usage_of_run ON usage(run);

CREATE TABLE message (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run(id),
    branch TEXT NOT NULL,
    message TEXT NOT NULL
) STRICT;
CREATE INDEX message_of_branch ON message(run, branch, id);

CREATE TABLE step (
    sequence INTEGER PRIMARY KEY,
    run TEXT NOT NULL REFERENCES run(id),
    stage TEXT NOT NULL,
    key TEXT NOT NULL,
    record TEXT NOT NULL,
    made TEXT NOT NULL
) STRICT;
CREATE INDEX step_of_run ON step(run, sequence);

CREATE TABLE finding (
    run TEXT NOT NULL REFERENCES run(id),
    id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    path TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    state_reason TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (run, id)
) STRICT;
CREATE INDEX finding_by_fingerprint ON finding(fingerprint);

CREATE TABLE dismissal (
    id INTEGER PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    glob TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('this', 'rule-here', 'everywhere')),
    reason TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made TEXT NOT NULL
) STRICT;

-- Consent given and gaps accepted, with exactly what was shown.
CREATE TABLE acknowledgement (
    id INTEGER PRIMARY KEY,
    run TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    shown TEXT NOT NULL,
    made TEXT NOT NULL
) STRICT;
