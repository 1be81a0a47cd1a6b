"""What can go wrong, in Russian: what happened and what is known, and what to do about it."""

from __future__ import annotations

from etl.models.errors import Problem
from etl.texts.catalogue import Sentences

NEXT_RUN = "Если это надолго, сообщите тем, кто ведёт сервер; следующий запуск всё исправит сам."

PROBLEMS = {
    Problem.SETTINGS: Sentences(
        "Настройки неверны, поэтому ничего не запущено: {variables}.",
        "Исправьте эти переменные в .env (образец — .env.example) и запустите с --check. Осмотреться можно с --demo.",
    ),
    Problem.BUG: Sentences(
        "Программа встретила то, чего не знает: {kind}.",
        "Это ошибка в программе. Перешлите подробности ниже тем, кто её поддерживает.",
    ),
    Problem.TERMINATED: Sentences(
        "Запуск остановили (SIGTERM); то, что он делал, отменено.",
        "Ничего: следующий запуск всё наверстает. Если его никто не останавливал, посмотрите журнал сервера.",
    ),
    Problem.API_UNREACHABLE: Sentences(
        "Грейдер {host} недоступен: {cause}.",
        "Проверьте API_URL, а на этом сервере — сеть и DNS. " + NEXT_RUN,
    ),
    Problem.API_CREDENTIALS: Sentences(
        "Грейдер отклонил запрос: HTTP {status}.",
        "Проверьте API_CLIENT и API_CLIENT_KEY: их выдают и продлевают владельцы грейдера.",
    ),
    Problem.API_REQUEST_REFUSED: Sentences(
        "Грейдер отклонил запрос: HTTP {status}.",
        "Проверьте API_URL: обычно такой ответ значит, что адрес сменился.",
    ),
    Problem.API_BUSY: Sentences(
        "Грейдер просит не беспокоить его (HTTP {status}) до {again}.",
        "До этого времени ничего; запуск после него наверстает пропущенные дни.",
    ),
    Problem.API_BROKEN: Sentences(
        "Грейдер раз за разом отвечает HTTP {status}.",
        "Здесь всё в порядке. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_CUT: Sentences(
        "Ответ грейдера каждый раз обрывается на середине.",
        "Здесь всё в порядке, но размер может ограничивать прокси по дороге. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_UNEXPECTED: Sentences(
        "Грейдер прислал не список попыток, а «{excerpt}».",
        "Прочтите, что он пишет. Если это веб-страница, проверьте API_URL и прокси; иначе спросите владельцев грейдера.",
    ),
    Problem.API_ANSWER_TOO_LARGE: Sentences(
        "Ответ грейдера за один час больше {megabytes} МБ.",
        "Спросите владельцев грейдера, может ли такое быть.",
    ),
    Problem.NO_ROOM: Sentences(
        "Ответ грейдера некуда положить в каталоге временных файлов: {cause}.",
        "Освободите там место (это /tmp или каталог из переменной окружения TMPDIR). " + NEXT_RUN,
    ),
    Problem.API_TOO_SLOW: Sentences(
        "Грейдер не закончил ответ за {seconds} с.",
        "Если он просто медленный, увеличьте API_TIMEOUT_SECONDS или API_DEADLINE_SECONDS. "
        + NEXT_RUN,
    ),
    Problem.API_REDIRECT: Sentences(
        "Грейдер отправляет нас на {host}; мы отказались, иначе туда ушёл бы и ключ.",
        "Если грейдер переехал, впишите его новый адрес в API_URL.",
    ),
    Problem.TOO_MANY_REJECTED: Sentences(
        "Негодных записей {rejected} из {received} ({percent} %) за {window}; допустимо {limit_percent} %. Причины: {reasons}.",
        "Эта часть не загружена; негодные записи — в таблице rejected_attempts. Не сменил ли грейдер формат? Если их можно пропустить, запустите один раз с большим MAX_REJECTED_SHARE.",
    ),
    Problem.DATABASE_LOCKED: Sentences(
        "С этой базой уже работает другой запуск, поэтому этот ничего не делал.",
        "Ничего. Если другого запуска быть не может, найдите забытый процесс.",
    ),
    Problem.DATABASE_UNREACHABLE: Sentences(
        "База данных недоступна: {cause}.",
        "Проверьте DB_HOST, DB_PORT и DB_SSLMODE, и что PostgreSQL работает и пускает этот сервер.",
    ),
    Problem.DATABASE_LOGIN: Sentences(
        "База данных не пустила пользователя.",
        "Проверьте DB_USER и DB_PASSWORD, а на сервере — pg_hba.conf.",
    ),
    Problem.DATABASE_MISSING: Sentences(
        "На сервере нет такой базы данных.",
        "Проверьте DB_NAME или создайте базу (README, «Database»).",
    ),
    Problem.DATABASE_RIGHT: Sentences(
        "Пользователю базы данных не хватает права: {message}.",
        "Пусть владелец его выдаст (README, «Database») или выполнит SQL ниже для того, чего нет.",
    ),
    Problem.DATABASE_TABLE: Sentences(
        "Таблица в базе не такая, как ожидалось: {message}.",
        "Сравните её с разделом «Tables» в README; возможно, DB_NAME указывает на другую базу.",
    ),
    Problem.DATABASE_WAIT: Sentences(
        "База данных слишком долго заставляла ждать: {message}.",
        "Посмотрите в pg_stat_activity, кто занял таблицу. " + NEXT_RUN,
    ),
    Problem.DATABASE_FULL: Sentences(
        "На диске базы данных нет места: {message}.",
        "Освободите место на сервере базы; следующий запуск всё исправит сам.",
    ),
    Problem.DATABASE_READ_ONLY: Sentences(
        "База данных не принимает запись: {message}.",
        "DB_HOST должен указывать на основной сервер, а не на реплику.",
    ),
    Problem.DATABASE_CONNECTION_LOST: Sentences(
        "Связь с базой данных оборвалась: {message}.",
        "Незавершённое отменено. " + NEXT_RUN,
    ),
    Problem.DATABASE_ERROR: Sentences(
        "База данных отказала: {message} (код {code}).",
        "Найдите код в приложении A к документации PostgreSQL, а момент — в журнале сервера базы.",
    ),
    Problem.DATABASE_EMBEDDED: Sentences(
        "Встроенная PostgreSQL в {directory} не запускается.",
        "Причина — в файле log рядом с данными. Для постоянной работы задайте в DB_HOST сервер.",
    ),
    Problem.SHEET_CREDENTIALS: Sentences(
        "GOOGLE_SHEETS_CREDENTIALS_BASE64 — не base64 от JSON-ключа сервисного аккаунта.",
        "Сделайте его заново: base64 -w0 key.json (README, «Google Sheet»).",
    ),
    Problem.SHEET_KEY_REVOKED: Sentences(
        "Google больше не принимает ключ сервисного аккаунта.",
        "Создайте новый ключ в консоли Google Cloud и впишите его в GOOGLE_SHEETS_CREDENTIALS_BASE64.",
    ),
    Problem.SHEET_CLOCK: Sentences(
        "Google отказал во входе: на этом сервере неверные часы.",
        "Поставьте часы (timedatectl set-ntp true).",
    ),
    Problem.SHEET_NOT_SHARED: Sentences(
        "Таблица не открыта для сервисного аккаунта.",
        "Откройте доступ к таблице для {client_email} с ролью «Редактор».",
    ),
    Problem.SHEET_NOT_FOUND: Sentences(
        "Google не знает таблицы с таким SPREADSHEET_ID.",
        "Впишите в SPREADSHEET_ID часть адреса таблицы между /d/ и /edit.",
    ),
    Problem.SHEET_API_OFF: Sentences(
        "В проекте сервисного аккаунта выключен Google Sheets API.",
        "Включите его: консоль Google Cloud, «APIs & Services», «Google Sheets API», «Enable».",
    ),
    Problem.SHEET_TAB_MISSING: Sentences(
        "В таблице нет листа «{title}».",
        "Исправьте WORKSHEET_TITLE или оставьте его пустым для первого листа.",
    ),
    Problem.SHEET_FOREIGN_HEADER: Sentences(
        "Первая строка листа «{title}» — не наша, поэтому ничего не записано.",
        "Назовите в WORKSHEET_TITLE пустой лист или дайте листу заголовок: {expected}.",
    ),
    Problem.SHEET_UNREACHABLE: Sentences(
        "Google Таблицы недоступны: {cause}.",
        "Проверьте с этого сервера сеть до sheets.googleapis.com. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_QUOTA: Sentences(
        "Google просит присылать меньше запросов (квота).",
        "Ничего; если это надолго, узнайте, кто ещё пользуется сервисным аккаунтом. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_ERROR: Sentences(
        "Google Таблицы отказали, HTTP {status}: {message}.",
        "Прочтите, что пишет Google; обычно дело в защищённом диапазоне или переполненной таблице.",
    ),
    Problem.DASHBOARD_UNWRITABLE: Sentences(
        "Дашборд не удаётся записать в {file}: {cause}.",
        "Выберите другой файл или разрешите запись в его каталог; данные в базе.",
    ),
    Problem.MAIL_UNREACHABLE: Sentences(
        "Почтовый сервер недоступен: {cause}.",
        "Проверьте SMTP_SERVER и SMTP_PORT, и что этот сервер может к нему подключиться.",
    ),
    Problem.MAIL_NO_STARTTLS: Sentences(
        "Почтовый сервер не предлагает шифрование (STARTTLS), поэтому пароль не отправлен.",
        "Проверьте SMTP_PORT: 465 — TLS, 587 — STARTTLS.",
    ),
    Problem.MAIL_CERTIFICATE: Sentences(
        "Сертификату почтового сервера нельзя доверять ({cause}), поэтому пароль не отправлен.",
        "Проверьте SMTP_SERVER; для собственного центра сертификации задайте SSL_CERT_FILE.",
    ),
    Problem.MAIL_LOGIN: Sentences(
        "Почтовый сервер не принял вход ({code}).",
        "SENDER_PASSWORD — это пароль для внешних приложений, а не пароль от ящика (README, «Mail»).",
    ),
    Problem.MAIL_SENDER: Sentences(
        "Почтовый сервер не даёт отправлять письма от имени SENDER_EMAIL ({code}).",
        "SENDER_EMAIL должен быть адресом самого этого ящика.",
    ),
    Problem.MAIL_RECIPIENTS: Sentences(
        "Почтовый сервер отказал всем получателям ({code}).",
        "Проверьте RECIPIENTS_EMAILS.",
    ),
    Problem.MAIL_ERROR: Sentences(
        "Почтовый сервер не принял письмо ({code}): {message}.",
        "Прочтите, что он пишет; обычно дело в ограничении на число или размер писем.",
    ),
}

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
    "no_recipient": "нет ни одного годного адреса",
    "mail_unprotected": "«none» открыло бы пароль всей сети; допустимо только для этого же сервера",
    "in_the_future": "не может быть в будущем",
    "misspelt": "такой настройки нет; может быть, {meant}?",
    "unreadable_line": "строка {line} не читается; закрыты ли кавычки?",
    "not_ascii": "допустимы только символы ASCII",
    "unreadable": "не читается; нужен текст в UTF-8, доступный этому пользователю",
    "finite_number": "нужно конечное число",
    "invalid": "неверное значение",
}
