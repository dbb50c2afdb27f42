-- What a store of format 1 held; new formats must still read it.
INSERT INTO people VALUES ('local:me', 'local', 'Bo Berg', 'bo', 1);
INSERT INTO goals (n, id, rev, account, name, champion, reviewer, cadence, status, created_at, updated_at)
VALUES (1, 'local:g1', 1, 'local', 'Reduce churn to 2 %', 'local:me', 'local:ana', 'weekly:fri',
        'off_track', '2026-10-01T08:00:00Z', '2026-11-20T09:00:00.25Z');
INSERT INTO goals (n, id, rev, account, parent, name, status, closed_at, closed_score, tags, created_at, updated_at)
VALUES (2, 'local:g2', 1, 'local', 'local:g1', 'Call ten customers', 'achieved',
        '2026-11-20T09:00:00Z', 0.7, '["q4"]', '2026-10-01T08:00:00Z', '2026-11-20T09:00:00Z');
INSERT INTO key_results (goal, place, id, name, kind, unit, start, target, current, weight)
VALUES (1, 0, 'local:r1', 'Monthly churn', 'percent', '%', 4.1, 2.0, 3.66, 1.0);
INSERT INTO key_results (goal, place, id, name, kind, shape, current)
VALUES (1, 1, 'local:r2', 'Steps', 'checklist', '{"kind":"checklist","items":["a","b"]}', '10');
INSERT INTO check_ins (goal, place, id, occasion, author, at, status, note, waits_for)
VALUES (1, 0, 'local:c1', 'regular', 'local:me', '2026-11-20T09:00:00Z', 'off_track',
        'Two large accounts left.', 'local:ana');
INSERT INTO check_in_values VALUES (1, 0, 0, 'local:r1', 3.8, 3.66);
INSERT INTO reactions VALUES (1, 0, 0, 'local:ana', '+1');
INSERT INTO comments (goal, check_in, place, id, author, at, text)
VALUES (1, 0, 0, 'local:k1', 'local:ana', '2026-11-20T10:00:00Z', 'agreed');
INSERT INTO notifications (id, rev, account, person, at, reason, text)
VALUES ('n1', 1, 'local', 'local:me', '2026-11-20T10:00:00Z', 'comment', 'in Reduce churn');
INSERT INTO drafts VALUES ('{"goal":"local:g1","form":"check_in"}', 'local:g1', 'check_in',
  '2026-11-20T11:00:00Z', 'aaaaaaaaaaaa',
  '{"key":{"goal":"local:g1","form":"check_in"},"fields":{"note":"half a"},"saved_at":"2026-11-20T11:00:00Z"}');
