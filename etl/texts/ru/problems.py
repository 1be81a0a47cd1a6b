"""What can go wrong, in Russian: what happened and what is known, and what to do about it."""

from __future__ import annotations

from etl.models.errors import Problem
from etl.texts.catalogue import Sentences
from etl.texts.ru.sheet_problems import SHEET_PROBLEMS

NEXT_RUN = "Если это продолжается, обратитесь к администратору сервера; следующий запуск всё наверстает сам."

PROBLEMS = {
    Problem.SETTINGS: Sentences(
        "Настройки неверны, поэтому ничего не запущено: {variables}.",
        "Исправьте эти переменные в .env (образец — .env.example) и запустите с --check. Для --demo настройки не нужны.",
    ),
    Problem.USAGE: Sentences(
        "Командная строка неверна, поэтому ничего не запущено: {variables}.",
        "Исправьте её и запустите снова; все параметры покажет --help.",
    ),
    Problem.BUG: Sentences(
        "Непредвиденная ошибка: {kind}.",
        "Перешлите подробности, приведённые ниже, разработчикам программы: ошибка в ней.",
    ),
    Problem.INTERRUPTED: Sentences(
        "Запуск остановлен с клавиатуры (Ctrl-C); то, что он не закончил, отменено.",
        "Укажите ещё раз дни, заданные вручную; остальное наверстает следующий запуск. Загруженные части сохранены.",
    ),
    Problem.TERMINATED: Sentences(
        "Запуск остановлен (SIGTERM); то, что он не закончил, отменено.",
        "Ничего не нужно: следующий запуск всё наверстает. Если его никто не останавливал, посмотрите системный журнал сервера.",
    ),
    Problem.API_UNREACHABLE: Sentences(
        "Грейдер {host} недоступен: {said}.",
        "Проверьте API_URL, а на этом сервере — сеть и DNS. " + NEXT_RUN,
    ),
    Problem.API_CREDENTIALS: Sentences(
        "Грейдер отклонил запрос: {said}.",
        "Проверьте API_CLIENT и API_CLIENT_KEY: их выдают и продлевают владельцы грейдера.",
    ),
    Problem.API_REQUEST_REFUSED: Sentences(
        "Грейдер отклонил запрос: {said}.",
        "Проверьте API_URL: обычно такой ответ значит, что адрес сменился.",
    ),
    Problem.API_BUSY: Sentences(
        "Грейдер просит не присылать запросов до {again} UTC: {said}.",
        "Ничего не нужно: пропущенное наверстает первый запуск после этого времени.",
    ),
    Problem.API_BROKEN: Sentences(
        "Грейдер снова и снова отвечает ошибкой: {said}.",
        "Ничего не нужно: причина не здесь. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_CUT: Sentences(
        "Ответ грейдера каждый раз обрывается на середине.",
        "Проверьте, не ограничивает ли размер ответа прокси; иначе причина не здесь. " + NEXT_RUN,
    ),
    Problem.API_ANSWER_UNEXPECTED: Sentences(
        "Грейдер ответил не списком попыток: «{said}».",
        "Проверьте API_URL и прокси, если это веб-страница; иначе обратитесь к владельцам грейдера.",
    ),
    Problem.API_ANSWER_TOO_LARGE: Sentences(
        "Ответ грейдера за один час больше {megabytes} МБ.",
        "Спросите владельцев грейдера, может ли такое быть.",
    ),
    Problem.NO_ROOM: Sentences(
        "В папке временных файлов нет места для ответа грейдера: {cause}.",
        "Освободите там место (это /tmp или папка из переменной окружения TMPDIR). " + NEXT_RUN,
    ),
    Problem.API_TOO_SLOW: Sentences(
        "Грейдер не уложился с ответом в {seconds} с.",
        "Увеличьте API_TIMEOUT_SECONDS или API_DEADLINE_SECONDS, если он просто медленный. "
        + NEXT_RUN,
    ),
    Problem.API_REDIRECT: Sentences(
        "Грейдер перенаправляет на {host}; программа туда не пошла, чтобы не отправить и ключ.",
        "Впишите в API_URL новый адрес, если грейдер переехал; иначе обратитесь к его владельцам.",
    ),
    Problem.TOO_MANY_REJECTED: Sentences(
        "За {window} отклонено записей: {rejected} из {received} ({percent} %), а допустимо {limit_percent} %. Причины: {reasons}.",
        "Посмотрите таблицу rejected_attempts, куда запуск складывает такие записи: не изменился ли формат грейдера? Если их можно пропустить, запустите один раз с большим MAX_REJECTED_SHARE. Эта часть не загружена.",
    ),
    Problem.DATABASE_LOCKED: Sentences(
        "С этой базой уже работает другой запуск, поэтому этот ничего не сделал.",
        "Ничего не нужно. Если другого запуска быть не может, найдите зависший процесс.",
    ),
    Problem.DATABASE_POOLER: Sentences(
        "DB_HOST и DB_PORT ведут к пулеру соединений в режиме транзакций: через него могли бы одновременно работать два запуска.",
        "Укажите в DB_PORT порт самого сервера PostgreSQL или пул в режиме сеансов (в PgBouncer: pool_mode=session).",
    ),
    Problem.DATABASE_UNREACHABLE: Sentences(
        "База данных недоступна: {cause}.",
        "Проверьте DB_HOST, DB_PORT и DB_SSLMODE, а также что PostgreSQL запущен и принимает подключения.",
    ),
    Problem.DATABASE_LOGIN: Sentences(
        "База данных не пустила пользователя: {message}.",
        "Проверьте DB_USER и DB_PASSWORD, а на сервере — pg_hba.conf.",
    ),
    Problem.DATABASE_MISSING: Sentences(
        "На сервере нет такой базы данных.",
        "Проверьте DB_NAME или создайте базу (README.ru, «База данных»).",
    ),
    Problem.DATABASE_RIGHT: Sentences(
        "Пользователю базы данных не хватает прав: {message}.",
        "Попросите владельца выдать их (README.ru, «База данных») или выполнить SQL, приведённый ниже.",
    ),
    Problem.DATABASE_TABLE: Sentences(
        "Таблица в базе не такая, как ожидалось: {message}.",
        "Сравните её с разделом «Таблицы» в README.ru; возможно, DB_NAME указывает на другую базу.",
    ),
    Problem.DATABASE_COLUMNS: Sentences(
        "В таблице attempts нет столбцов: {columns}.",
        "Сравните её с разделом «Таблицы» в README.ru; возможно, DB_NAME указывает на другую базу.",
    ),
    Problem.DATABASE_WAIT: Sentences(
        "Запуск слишком долго ждал базу данных: {message}.",
        "Посмотрите в pg_stat_activity, кто занял таблицу. " + NEXT_RUN,
    ),
    Problem.DATABASE_FULL: Sentences(
        "На диске базы данных нет места: {message}.",
        "Освободите место на сервере базы; следующий запуск всё наверстает сам.",
    ),
    Problem.DATABASE_READ_ONLY: Sentences(
        "База данных доступна только для чтения: {message}.",
        "Укажите в DB_HOST основной сервер, а не реплику, и выключите на нём параметр default_transaction_read_only у роли и базы.",
    ),
    Problem.DATABASE_CONNECTION_LOST: Sentences(
        "Соединение с базой данных оборвалось: {message}.",
        "Ничего не нужно: незавершённое отменено. " + NEXT_RUN,
    ),
    Problem.DATABASE_REFUSES: Sentences(
        "Таблица attempts не приняла больше {limit_percent} % записей за {window} (всего их {received}). Её правила — SQLSTATE и имя: {rules}.",
        "Найдите эти ограничения и триггеры (--psql, затем \\d attempts); когда таблицу исправят, следующий запуск всё наверстает. Если эти записи можно пропустить, запустите один раз с большим MAX_REJECTED_SHARE. Эта часть не загружена.",
    ),
    Problem.DATABASE_PARTITION: Sentences(
        "В таблице attempts нет секции для {months} (UTC).",
        "Попросите владельца таблицы выполнить SQL, приведённый ниже (--psql); после этого следующий запуск всё наверстает. Как создавать секции заранее, описано в docs/scale.md (на английском).",
    ),
    Problem.DATABASE_ERROR: Sentences(
        "База данных ответила отказом: {message} (код {code}).",
        "Найдите этот код в приложении A к документации PostgreSQL, а этот момент — в логе сервера базы.",
    ),
    Problem.DATABASE_EMBEDDED: Sentences(
        "Встроенная PostgreSQL в {directory} не запускается: {cause}.",
        "Посмотрите, что успел написать сервер: файл log в соседней папке postgres-run. Данные не затронуты.",
    ),
    Problem.DATABASE_NEWER: Sentences(
        "Таблицы изменила более новая версия программы (схема {found}, а эта версия знает {known}), поэтому ничего не сделано.",
        "Обновите программу на этом компьютере или запускайте только новую (docs/operations.md на английском, раздел «Upgrade, and go back»).",
    ),
    Problem.DATABASE_NOT_EMPTY: Sentences(
        "В базе уже есть данные, поэтому ничего не восстановлено.",
        "Укажите в DB_NAME пустую базу; если база встроенная, уберите папку var/postgres.",
    ),
    Problem.SUMMARIES_MISSING: Sentences(
        "Показатели по попыткам ещё не посчитаны или посчитаны не полностью.",
        "Запустите один раз python etl/main.py --rebuild; обычный запуск тоже это сделает.",
    ),
    Problem.CLIENT_FAILED: Sentences(
        "Программа {program} завершилась с ошибкой: {message}.",
        "Проверьте файл и что в DB_HOST указан нужный сервер. База не изменилась.",
    ),
    Problem.BACKUP_FILE: Sentences(
        "Файл {file} нельзя использовать: {cause}.",
        "Проверьте путь: файл для восстановления должен быть на месте и доступен для чтения, а папка для копии — на месте и доступна для записи.",
    ),
    **SHEET_PROBLEMS,
    Problem.DASHBOARD_UNWRITABLE: Sentences(
        "Дашборд не удаётся записать в {file}: {cause}.",
        "Выберите другой файл или разрешите запись в его папку; данные в базе.",
    ),
    Problem.MAIL_UNREACHABLE: Sentences(
        "Почтовый сервер {host} (порт {port}) недоступен: {cause}.",
        "Проверьте SMTP_SERVER и SMTP_PORT, а также что этот сервер может к ним подключиться.",
    ),
    Problem.MAIL_NO_STARTTLS: Sentences(
        "Почтовый сервер {host} (порт {port}) не предлагает шифрование (STARTTLS), поэтому пароль не отправлен.",
        "Проверьте SMTP_PORT: 465 — TLS, 587 — STARTTLS.",
    ),
    Problem.MAIL_CERTIFICATE: Sentences(
        "Сертификату почтового сервера {host} нельзя доверять ({cause}), поэтому пароль не отправлен.",
        "Проверьте SMTP_SERVER; если центр сертификации свой, задайте SSL_CERT_FILE.",
    ),
    Problem.MAIL_LOGIN: Sentences(
        "Почтовый сервер {host} не пустил {user}: {message}.",
        "Впишите в SENDER_PASSWORD пароль приложения, а не пароль от ящика (README.ru, «Почта»).",
    ),
    Problem.MAIL_SENDER: Sentences(
        "Почтовый сервер не разрешает отправлять письма с адреса SENDER_EMAIL ({code}).",
        "Впишите в SENDER_EMAIL адрес самого этого ящика.",
    ),
    Problem.MAIL_RECIPIENTS: Sentences(
        "Почтовый сервер отказал всем получателям ({code}).",
        "Проверьте RECIPIENTS_EMAILS.",
    ),
    Problem.MAIL_ERROR: Sentences(
        "Почтовый сервер не принял письмо ({code}): {message}.",
        "Узнайте, не ограничены ли число или размер писем: обычно дело в этом.",
    ),
    Problem.WATCHDOG_UNREACHABLE: Sentences(
        "Сервер из HEALTHCHECK_URL недоступен: {cause}.",
        "Проверьте адрес, а также что этот сервер может к нему подключиться; запускам это не мешает.",
    ),
}
