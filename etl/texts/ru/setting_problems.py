"""What can be wrong with one setting, in Russian; the keys are pydantic's error types and our own."""

SETTING_PROBLEMS = {
    "missing": "не задана",
    "int_parsing": "нужно целое число",
    "float_parsing": "нужно число",
    "greater_than": "нужно больше {gt}",
    "greater_than_equal": "нужно не меньше {ge}",
    "less_than_equal": "нужно не больше {le}",
    "literal_error": "допустимо: {expected}",
    "not_a_url": "нужен адрес, который начинается с https://",
    "not_https": "нужен адрес с https:// (http:// — только для этого же сервера)",
    "unknown_time_zone": "нужно название вроде Europe/Moscow",
    "not_an_address": "нужен адрес электронной почты",
    "no_recipient": "нет ни одного правильного адреса",
    "mail_unprotected": "«none» открыло бы пароль всей сети; допустимо только для этого же сервера",
    "in_the_future": "не может быть в будущем",
    "misspelt": "такой настройки нет; может быть, {meant}?",
    "unreadable_line": "строка {line} не читается; закрыты ли кавычки?",
    "not_ascii": "допустимы только символы ASCII",
    "unreadable": "не читается; нужен текст в UTF-8, доступный этому пользователю",
    "finite_number": "нужно конечное число",
    "invalid": "неверное значение",
}
