"""Russian: letters, sheet and page with REPORT_LANGUAGE=ru.

A student's run and submission are «запуск кода» and «проверка кода»; «запуск» alone is a run of this
program. Validation is «разбор».
"""

from __future__ import annotations

from etl.models.attempts import Reason
from etl.models.errors import Stage
from etl.models.result import Notice
from etl.texts.catalogue import Catalogue
from etl.texts.ru.causes import CAUSES
from etl.texts.ru.dashboard import DASHBOARD
from etl.texts.ru.letter import WORDS
from etl.texts.ru.problems import PROBLEMS
from etl.texts.ru.setting_problems import SETTING_PROBLEMS


def form_after(count: float) -> int:
    """Unicode CLDR, plural rules of Russian; after a fraction stands the form that follows 2."""
    if count != int(count):
        return 1
    last, is_teen = count % 10, count % 100 in range(11, 15)
    if last == 1 and not is_teen:
        return 0
    return 1 if last in {2, 3, 4} and not is_teen else 2


STAGES = {
    Stage.CONFIGURATION: "настройки",
    Stage.EXTRACT: "запрос к грейдеру",
    Stage.TRANSFORM: "разбор записей",
    Stage.LOAD: "запись в базу данных",
    Stage.REPORT: "запись в таблицу",
    Stage.NOTIFY: "отправка письма",
}

REASONS = {
    Reason.NOT_AN_OBJECT: "не JSON-объект",
    Reason.USER_ID_MISSING: "не указан студент",
    Reason.USER_ID_INVALID: "некорректный идентификатор студента",
    Reason.ATTEMPT_TYPE_UNKNOWN: "не запуск и не проверка кода",
    Reason.CREATED_AT_INVALID: "некорректное время",
    Reason.VERDICT_INVALID: "непонятный результат проверки",
    Reason.VERDICT_ON_RUN: "запуск кода с результатом проверки",
    Reason.VERDICT_MISSING: "проверка кода без результата",
    Reason.PASSBACK_INVALID: "не читается passback_params",
    Reason.CONFLICTING: "противоречит сохранённой попытке",
    Reason.REFUSED_BY_DATABASE: "не принята базой данных",
}

# As they stand after a day's number.
MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip

NOTICES = {
    Notice.EMPTY_WINDOW: "В грейдере нет ни одной попытки за эти дни. Это каникулы или не работает сбор данных?",
    Notice.NEVER_LOADED: "За эти дни ничего не загружено, поэтому показателей нет и в таблицу они не попадают: {days}. Загрузить: python etl/main.py --from {first} --to {last}",
    Notice.REPEATED_DAYS: "В таблице больше одной строки за {days}. Обновляется первая из них; удалите остальные.",
    Notice.UNUSABLE_RECIPIENTS: "В RECIPIENTS_EMAILS есть некорректные адреса, туда письмо не отправлено: {addresses}.",
    Notice.UNUSABLE_NAMES: "В TASK_NAMES_FILE не подходят строки: {lines}. В каждой нужен курс, и у задачи не может быть двух названий; остальные строки учтены.",
    Notice.SEVERAL_TRIES: "Грейдер ответил не с первого раза; всего {requests:запрос|запроса|запросов}.",
    Notice.NOT_RECONCILED: "Не сходится: {days}. Попытки добавила или удалила другая программа либо сам грейдер.",
    Notice.SUMMARIES_REPAIRED: "Кто-то изменил таблицу attempts: {days}. Показатели за эти дни пересчитаны. Если изменено больше, запустите --rebuild.",
    Notice.SHEET_DIFFERS: "Таблица показывает не то, что в неё записано: {days}. Возможно, в наших столбцах есть объединённые ячейки или формула.",
    Notice.TASKS_DIFFER: "Лист с задачами показывает не то, что на него записано. Возможно, на листе есть объединённые ячейки или формула.",
    Notice.UNUSUAL_DAYS: "Необычно мало или много попыток: {days}.",
    Notice.MORE_REJECTED: "Отклонено намного больше обычного: {rejected:запись|записи|записей} из {received} ({percent} %, обычно {usual_percent} %). Не изменился ли формат грейдера?",
    Notice.REFUSED_BY_DATABASE: "База данных не приняла {refused:запись|записи|записей} по собственным правилам: {rules}. Они в таблице rejected_attempts; когда правила изменят, их загрузит --replay-rejected.",
    Notice.DASHBOARD_NOT_WRITTEN: "Дашборд не обновлён и показывает данные прежнего запуска: {cause}.",
    Notice.MISSED_RUNS: "После {since} пропущено запусков: {runs}. Они не начались или не смогли открыть базу данных. Их дни входят в период этого запуска. Если писем о сбое не было, проверьте cron или таймер.",
    Notice.RECOVERED: "Этот запуск наверстал пропущенное. Неудачных запусков перед ним было {runs}, первый — {since}.",
    Notice.REPLAYED: "Карантин разобран заново: принято записей — {accepted} из {received}.",
    Notice.OF_FORGOTTEN: "Не загружены и не входят в число полученных записи студентов, чьи данные удалены по запросу: {records}.",
    Notice.QUARANTINE_EXPIRED: "Из карантина по сроку REJECTED_KEEP_DAYS удалены записи, которые так и не были приняты: {records}.",
    Notice.SHEET_OFF: "Таблица не подключена: её настройки не заданы. Когда её подключат, в ней появятся и эти дни.",
    Notice.EMBEDDED_DATABASE: "DB_HOST не задан, поэтому данные лежат во встроенной PostgreSQL в папке var/.",
}

DAYS_OF_NOTICES = {
    Notice.NOT_RECONCILED: "за {day} в грейдере {received:уникальная корректная запись|уникальные корректные записи|уникальных корректных записей}, а в базе {stored:строка|строки|строк}",
    Notice.UNUSUAL_DAYS: "{day} — {attempts}, а обычно в этот день недели {usual}",
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
    chart_title="Попытки, пользователи и успешность по дням",
    chart_counts="Попытки и пользователи",
    tasks_title="Задачи за 28 дней",
    tasks_header=(
        "Курс",
        "Задача",
        "Попытки",
        "Студенты",
        "Решили с первой попытки, %",
        "Успешность, %",
        "Попыток до успеха, медиана",
    ),
    date_format="%d.%m.%Y",
    short_day="{weekday} {day:02}.{month:02}",
    thousands="\N{NO-BREAK SPACE}",
    decimal=",",
    months=MONTHS,
    weekdays=("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    time_units=("ч", "мин", "с"),
    gap="\N{NO-BREAK SPACE}",
    form_after=form_after,
    words=WORDS,
    dashboard=DASHBOARD,
    stages=STAGES,
    reasons=REASONS,
    notices=NOTICES,
    days_of_notices=DAYS_OF_NOTICES,
    causes=CAUSES,
    problems=PROBLEMS,
    setting_problems=SETTING_PROBLEMS,
)
