"""What can be wrong with one setting, in English; the keys are pydantic's error types and our own."""

SETTING_PROBLEMS = {
    "missing": "is not set",
    "int_parsing": "must be a whole number",
    "float_parsing": "must be a number",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be one of {expected}",
    "not_a_url": "must be an address that begins with https://",
    "not_https": "must begin with https:// (http:// only for this machine itself)",
    "unknown_time_zone": "must be a name like Europe/Moscow",
    "not_an_address": "must be an e-mail address",
    "no_recipient": "has no usable e-mail address",
    "mail_unprotected": "“none” would show the password to the network; only for this machine itself",
    "in_the_future": "must not lie in the future",
    "misspelt": "there is no such setting; is {meant} meant?",
    "unreadable_line": "line {line} cannot be read; do its quotes match?",
    "not_ascii": "must consist of ASCII characters",
    "unreadable": "cannot be read; it must be a UTF-8 text that this user may read",
    "finite_number": "must be a finite number",
    "invalid": "is not valid",
}
