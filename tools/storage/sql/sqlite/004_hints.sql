-- What one process found failing and others may doubt before they find out themselves.
CREATE TABLE hints (
    subject TEXT NOT NULL,
    teller TEXT NOT NULL,
    valid_until TEXT NOT NULL,
    PRIMARY KEY (subject, teller)
);
