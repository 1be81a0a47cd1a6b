"""Russian, for letters and the sheet with REPORT_LANGUAGE=ru."""

from __future__ import annotations

from etl.models import Reason, Stage
from etl.reports import Notice
from etl.texts.catalogue import Catalogue, Words
from etl.texts.ru_dashboard import DASHBOARD
from etl.texts.ru_problems import PROBLEMS, SETTING_PROBLEMS


def plural(count: int, one: str, few: str, many: str) -> str:
    """The noun's form after a number (Unicode CLDR, plural rules of Russian)."""
    last, is_teen = count % 10, count % 100 in range(11, 15)
    if last == 1 and not is_teen:
        return one
    return few if last in {2, 3, 4} and not is_teen else many


def _new_attempts(count: int) -> str:
    number = f"{count:,}".replace(",", "\N{NO-BREAK SPACE}")
    words = plural(count, "новая попытка", "новые попытки", "новых попыток")
    return f"{number} {words}"


WORDS = Words(
    title="Аналитика LMS",
    new_attempts=_new_attempts,
    failed="сбой",
    verdict_done="Всё сделано: каждая запись за эти дни учтена.",
    verdict_attention="Сделано, но есть на что посмотреть.",
    verdict_failed="Запуск не удался на этапе «{stage}».",
    window="Дни",
    what_to_do="Что делать",
    what_is_safe="Что уже сохранено",
    safe_stored="{count} этого запуска уже в базе данных; следующий запуск продолжит с этого места.",
    safe_nothing="За эти дни этот запуск ничего не сохранил; следующий запросит их снова.",
    safe_loaded="Данные в базе; недостающие дни в таблицу запишет следующий запуск.",
    safe_by_hand="{count} этого запуска уже в базе данных; для остального повторите команду с теми же днями.",
    safe_untouched="Ничего не запускалось, поэтому ничего не изменилось.",
    details="Подробности",
    to_look_at="Полезно знать",
    counts_title="Что пришло и что с этим стало",
    received="Получено",
    inserted="Новых",
    duplicates="Уже были известны",
    conflicting="Противоречат сохранённой попытке",
    rejected="Отклонено",
    out_of_window="За пределами запрошенных дней",
    reasons_title="Почему записи отклонены",
    days_title="По дням",
    more_days="Более ранних дней, здесь не показано: {count}.",
    reconciled="Сходится: за каждый день число разных попыток у грейдера, строк в базе и число в таблице равны.",
    sheet="Таблица",
    dashboard="Дашборд",
    sheet_changes="Строки в таблице: добавлено {added}, исправлено {updated}, уже были верны {unchanged}.",
    duration="Длительность",
    waited="из неё ожидание грейдера",
    started="Начало",
)

STAGES = {
    Stage.CONFIGURATION: "настройки",
    Stage.EXTRACT: "запрос к грейдеру",
    Stage.TRANSFORM: "проверка записей",
    Stage.LOAD: "запись в базу данных",
    Stage.REPORT: "запись в таблицу",
    Stage.NOTIFY: "отправка письма",
}

REASONS = {
    Reason.NOT_AN_OBJECT: "вообще не запись",
    Reason.USER_ID_MISSING: "нет студента",
    Reason.USER_ID_INVALID: "невозможный идентификатор студента",
    Reason.ATTEMPT_TYPE_UNKNOWN: "не запуск и не отправка",
    Reason.CREATED_AT_INVALID: "невозможное время",
    Reason.VERDICT_INVALID: "непонятная оценка",
    Reason.VERDICT_ON_RUN: "оценка у запуска",
    Reason.VERDICT_MISSING: "отправка без оценки",
    Reason.PASSBACK_INVALID: "не читается passback_params",
    Reason.CONFLICTING: "противоречит сохранённой попытке",
}

NOTICES = {
    Notice.EMPTY_WINDOW: "У грейдера нет ни одной попытки за эти дни. Каникулы или не работает сбор данных?",
    Notice.REPEATED_DAYS: "В таблице больше одной строки за {0}. Верна первая из них; удалите остальные.",
    Notice.UNUSABLE_RECIPIENTS: "В RECIPIENTS_EMAILS есть записи, которые не являются адресами: {0}. Им письмо не ушло.",
    Notice.SEVERAL_TRIES: "Грейдер ответил не с первой попытки: всего запросов {0}.",
    Notice.NOT_RECONCILED: "Не сходится. Разных годных записей у грейдера и строк в базе: {0}. Попытки добавила или удалила другая программа либо сам грейдер.",
    Notice.SHEET_DIFFERS: "При проверке таблица показала не то, что было записано, за {0}. Защищённый диапазон или формула в наших столбцах?",
    Notice.UNUSUAL_DAYS: "Необычно мало или много попыток (в скобках — сколько обычно в этот день недели): {0}.",
    Notice.MORE_REJECTED: "Отклонено намного больше записей, чем обычно: {0}. Не сменил ли грейдер формат?",
    Notice.DASHBOARD_NOT_WRITTEN: "Дашборд показывает то, что записал прежний запуск: {0}.",
    Notice.RECOVERED: "Восстановлено после неудачных запусков (сколько, с какого времени): {0}. Этот запуск наверстал пропущенное.",
    Notice.REPLAYED: "Карантин проверен заново; теперь принято: {0}.",
    Notice.SHEET_OFF: "Таблица выключена: её настройки не заданы. Дни для неё запоминаются.",
    Notice.EMBEDDED_DATABASE: "DB_HOST не задан, поэтому данные лежат во встроенной PostgreSQL в каталоге var/.",
}

RU = Catalogue(
    language="ru",
    sheet_header=(
        "Дата",
        "Всего попыток",
        "Уникальные пользователи",
        "Успешные попытки",
        "(%) успешных попыток",
        "Запускали код",
        "Проверяли код",
    ),
    sheet_date_pattern="dd.mm.yyyy",
    date_format="%d.%m.%Y",
    thousands="\N{NO-BREAK SPACE}",
    decimal=",",
    words=WORDS,
    dashboard=DASHBOARD,
    stages=STAGES,
    reasons=REASONS,
    notices=NOTICES,
    problems=PROBLEMS,
    setting_problems=SETTING_PROBLEMS,
)
