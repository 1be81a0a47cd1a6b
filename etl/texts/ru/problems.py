"""What can go wrong, in Russian: what happened and what is known, and what to do about it."""

from __future__ import annotations

from etl.models.errors import Problem
from etl.texts.catalogue import Sentences

NEXT_RUN = "Если это продлится долго, сообщите администраторам сервера. Следующий запуск всё исправит сам."

PROBLEMS = {
    Problem.SETTINGS: Sentences(
        "Настройки неверны, поэтому ничего не запущено: {variables}.",
        "Исправьте эти переменные в .env (образец — .env.example) и запустите программу с --check. Для --demo настройки не нужны.",
    ),
    Problem.BUG: Sentences(
        "Непредвиденная ошибка: {kind}.",
        "Это ошибка в программе. Перешлите подробности ниже её разработчикам.",
    ),
    Problem.TERMINATED: Sentences(
        "Запуск остановлен сигналом SIGTERM. Незавершённая часть отменена.",
        "Ничего не нужно: следующий запуск всё наверстает. Если запуск никто не останавливал, посмотрите системный лог сервера.",
    ),
    Problem.API_UNREACHABLE: Sentences(
        "Грейдер {host} недоступен: {cause}.",
        "Проверьте API_URL, а также сеть и DNS на этом сервере. " + NEXT_RUN,
    ),
    Problem.API_CREDENTIALS: Sentences(
        "Грейдер отклонил запрос: HTTP {status}.",
        "Проверьте API_CLIENT и API_CLIENT_KEY: их выдают и продлевают владельцы грейдера.",
    ),
    Problem.API_REQUEST_REFUSED: Sentences(
        "Грейдер отклонил запрос: HTTP {status}.",
        "Проверьте API_URL: обычно такой ответ означает, что адрес изменился.",
    ),
    Problem.API_BUSY: Sentences(
        "Грейдер просит не отправлять запросов (HTTP {status}) раньше этого времени: {again}.",
        "До этого времени ничего не нужно. Первый запуск после него наверстает пропущенные дни.",
    ),
    Problem.API_BROKEN: Sentences(
        "Грейдер раз за разом отвечает HTTP {status}.",
        "На нашей стороне всё в порядке. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_CUT: Sentences(
        "Ответ грейдера каждый раз обрывается на середине.",
        "На нашей стороне всё в порядке, но размер ответа может ограничивать промежуточный прокси. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_UNEXPECTED: Sentences(
        "Грейдер прислал не список попыток, а «{excerpt}».",
        "Прочтите этот ответ. Если это веб-страница, проверьте API_URL и прокси; иначе спросите владельцев грейдера.",
    ),
    Problem.API_ANSWER_TOO_LARGE: Sentences(
        "Ответ грейдера за один час больше {megabytes} МБ.",
        "Спросите владельцев грейдера, может ли такое быть.",
    ),
    Problem.NO_ROOM: Sentences(
        "Ответ грейдера не помещается в папку временных файлов: {cause}.",
        "Освободите там место (это /tmp или папка из переменной окружения TMPDIR). " + NEXT_RUN,
    ),
    Problem.API_TOO_SLOW: Sentences(
        "Грейдер не закончил ответ за {seconds} с.",
        "Если он просто медленно отвечает, увеличьте API_TIMEOUT_SECONDS или API_DEADLINE_SECONDS. "
        + NEXT_RUN,
    ),
    Problem.API_REDIRECT: Sentences(
        "Грейдер перенаправляет на {host}. Программа туда не пошла, иначе туда ушёл бы и ключ.",
        "Если адрес грейдера изменился, впишите новый в API_URL.",
    ),
    Problem.TOO_MANY_REJECTED: Sentences(
        "Некорректных записей {rejected} из {received} ({percent} %) за {window}; допустимо {limit_percent} %. Причины: {reasons}.",
        "Эта часть не загружена; некорректные записи — в таблице rejected_attempts. Не сменил ли грейдер формат? Если эти записи можно пропустить, запустите программу один раз с большим MAX_REJECTED_SHARE.",
    ),
    Problem.DATABASE_LOCKED: Sentences(
        "С этой базой уже работает другой запуск, поэтому этот ничего не сделал.",
        "Ничего не нужно. Если другого запуска быть не должно, найдите забытый процесс.",
    ),
    Problem.DATABASE_UNREACHABLE: Sentences(
        "База данных недоступна: {cause}.",
        "Проверьте DB_HOST, DB_PORT и DB_SSLMODE, а также что PostgreSQL запущен и принимает подключения с этого сервера.",
    ),
    Problem.DATABASE_LOGIN: Sentences(
        "База данных не приняла имя пользователя или пароль.",
        "Проверьте DB_USER и DB_PASSWORD, а на сервере базы — pg_hba.conf.",
    ),
    Problem.DATABASE_MISSING: Sentences(
        "На сервере нет такой базы данных.",
        "Проверьте DB_NAME или создайте базу (README.ru, «База данных»).",
    ),
    Problem.DATABASE_RIGHT: Sentences(
        "Пользователю базы данных не хватает права: {message}.",
        "Пусть владелец базы выдаст его (README.ru, «База данных») или выполнит SQL ниже.",
    ),
    Problem.DATABASE_TABLE: Sentences(
        "Таблица в базе не такая, как ожидалось: {message}.",
        "Сравните её с описанием (README.ru, «Таблицы»). Возможно, DB_NAME указывает на другую базу.",
    ),
    Problem.DATABASE_WAIT: Sentences(
        "База данных слишком долго не отвечала: {message}.",
        "Посмотрите в pg_stat_activity, кто заблокировал таблицу. " + NEXT_RUN,
    ),
    Problem.DATABASE_FULL: Sentences(
        "На диске базы данных нет места: {message}.",
        "Освободите место на сервере базы. Следующий запуск всё исправит сам.",
    ),
    Problem.DATABASE_READ_ONLY: Sentences(
        "База данных доступна только для чтения: {message}.",
        "DB_HOST должен указывать на основной сервер, а не на реплику.",
    ),
    Problem.DATABASE_CONNECTION_LOST: Sentences(
        "Связь с базой данных оборвалась: {message}.",
        "Незавершённая часть отменена. " + NEXT_RUN,
    ),
    Problem.DATABASE_ERROR: Sentences(
        "База данных вернула ошибку: {message} (код {code}).",
        "Найдите этот код в приложении A документации PostgreSQL, а подробности — в логе сервера базы.",
    ),
    Problem.DATABASE_EMBEDDED: Sentences(
        "Встроенная PostgreSQL в {directory} не запускается.",
        "Причина — в файле log в этой папке. Для постоянной работы укажите в DB_HOST сервер.",
    ),
    Problem.SHEET_CREDENTIALS: Sentences(
        "В GOOGLE_SHEETS_CREDENTIALS_BASE64 не JSON-ключ сервисного аккаунта в base64.",
        "Создайте значение заново: base64 -w0 key.json (README.ru, «Google-таблица»).",
    ),
    Problem.SHEET_KEY_REVOKED: Sentences(
        "Google больше не принимает ключ сервисного аккаунта.",
        "Создайте новый ключ в консоли Google Cloud и впишите его в GOOGLE_SHEETS_CREDENTIALS_BASE64.",
    ),
    Problem.SHEET_CLOCK: Sentences(
        "Google отказал во входе: на этом сервере неверные часы.",
        "Настройте часы (timedatectl set-ntp true).",
    ),
    Problem.SHEET_NOT_SHARED: Sentences(
        "Таблица не открыта для сервисного аккаунта.",
        "Откройте доступ к таблице для {client_email} с ролью «Редактор».",
    ),
    Problem.SHEET_NOT_FOUND: Sentences(
        "Google не находит таблицу с таким SPREADSHEET_ID.",
        "Укажите в SPREADSHEET_ID часть адреса таблицы между /d/ и /edit.",
    ),
    Problem.SHEET_API_OFF: Sentences(
        "В проекте сервисного аккаунта выключен Google Sheets API.",
        "Включите его: консоль Google Cloud, «APIs & Services», «Google Sheets API», «Enable».",
    ),
    Problem.SHEET_TAB_MISSING: Sentences(
        "В таблице нет листа «{title}».",
        "Исправьте WORKSHEET_TITLE или оставьте его пустым, чтобы использовать первый лист.",
    ),
    Problem.SHEET_FOREIGN_HEADER: Sentences(
        "На листе «{title}» чужой заголовок, поэтому ничего не записано.",
        "Укажите в WORKSHEET_TITLE пустой лист или дайте этому листу заголовок: {expected}.",
    ),
    Problem.SHEET_UNREACHABLE: Sentences(
        "Google Таблицы недоступны: {cause}.",
        "Проверьте, что с этого сервера доступен sheets.googleapis.com. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_QUOTA: Sentences(
        "Превышена квота запросов к Google.",
        "Ничего не нужно. Если это продлится долго, узнайте, кто ещё пользуется сервисным аккаунтом. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_ERROR: Sentences(
        "Google Таблицы отклонили запрос (HTTP {status}): {message}.",
        "Прочтите, что пишет Google. Обычно дело в защищённом диапазоне или переполненной таблице.",
    ),
    Problem.DASHBOARD_UNWRITABLE: Sentences(
        "Дашборд не удаётся записать в {file}: {cause}.",
        "Выберите другой файл или разрешите запись в его папку. Данные уже в базе.",
    ),
    Problem.MAIL_UNREACHABLE: Sentences(
        "Почтовый сервер недоступен: {cause}.",
        "Проверьте SMTP_SERVER и SMTP_PORT, а также что с этого сервера можно подключиться к почтовому.",
    ),
    Problem.MAIL_NO_STARTTLS: Sentences(
        "Почтовый сервер не предлагает шифрование (STARTTLS), поэтому пароль не отправлен.",
        "Проверьте SMTP_PORT: 465 — TLS, 587 — STARTTLS.",
    ),
    Problem.MAIL_CERTIFICATE: Sentences(
        "Сертификату почтового сервера нельзя доверять ({cause}), поэтому пароль не отправлен.",
        "Проверьте SMTP_SERVER. Если сертификат выдан собственным удостоверяющим центром, задайте SSL_CERT_FILE.",
    ),
    Problem.MAIL_LOGIN: Sentences(
        "Почтовый сервер не принял логин и пароль ({code}).",
        "В SENDER_PASSWORD нужен пароль приложения, а не пароль от ящика (README.ru, «Почта»).",
    ),
    Problem.MAIL_SENDER: Sentences(
        "Почтовый сервер не даёт отправлять письма от имени SENDER_EMAIL ({code}).",
        "В SENDER_EMAIL нужен адрес этого же ящика.",
    ),
    Problem.MAIL_RECIPIENTS: Sentences(
        "Почтовый сервер отказал всем получателям ({code}).",
        "Проверьте RECIPIENTS_EMAILS.",
    ),
    Problem.MAIL_ERROR: Sentences(
        "Почтовый сервер не принял письмо ({code}): {message}.",
        "Прочтите, что пишет сервер. Обычно дело в ограничении на число или размер писем.",
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
    "not_https": "нужен адрес с https:// (http:// допустим только на этом же компьютере)",
    "unknown_time_zone": "нужно название вроде Europe/Moscow",
    "not_an_address": "нужен адрес электронной почты",
    "no_recipient": "нет ни одного корректного адреса",
    "mail_unprotected": "«none» открыл бы пароль всей сети; это значение допустимо только на этом же компьютере",
    "in_the_future": "не может быть в будущем",
    "misspelt": "такой настройки нет; возможно, имелась в виду {meant}",
    "unreadable_line": "строка {line} не читается; закрыты ли кавычки?",
    "not_ascii": "допустимы только символы ASCII",
    "unreadable": "не читается; нужен текст в UTF-8, который может прочитать этот пользователь",
    "finite_number": "нужно конечное число",
    "invalid": "неверное значение",
}
