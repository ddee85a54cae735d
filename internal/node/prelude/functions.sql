-- Functions in which the engine differs from Redshift whatever the statement's text: they stand before the engine's own in the search path.

-- The engine answers NULL, or infinity, where Redshift refuses.
CREATE MACRO slipher.main."//"(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE system.main."//"(a, b) END;
CREATE MACRO slipher.main."%"(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE system.main."%"(a, b) END;
CREATE MACRO slipher.main.mod(a, b) AS CASE WHEN b = 0 THEN error('division by zero') ELSE system.main.mod(a, b) END;
