-- Devices that may be paired: an administrator has made a code for each, and it was not typed yet. After that a device
-- is a row of identity.

CREATE TABLE pairing (
    -- One waiting code per device.
    name TEXT PRIMARY KEY,       -- what the device will be called
    roles INTEGER NOT NULL,      -- bit of its role
    window INTEGER NOT NULL,     -- bound to this window, 0 to none
    hash BLOB NOT NULL,          -- SHA-256 of the hall's key and the code, which itself is stored nowhere
    expires_ms INTEGER NOT NULL  -- hall time from which the code is good for nothing
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 3;
