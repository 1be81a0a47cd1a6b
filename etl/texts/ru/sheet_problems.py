"""What can go wrong with the sheet, in Russian."""

from __future__ import annotations

from etl.models.errors import Problem
from etl.texts.catalogue import Sentences

SHEET_PROBLEMS = {
    Problem.SHEET_CREDENTIALS: Sentences(
        "GOOGLE_SHEETS_CREDENTIALS_BASE64 — не base64 от JSON-ключа сервисного аккаунта.",
        "Сделайте его заново: base64 -w0 key.json (README.ru, «Google-таблица»).",
    ),
    Problem.SHEET_LOGIN: Sentences(
        "Google не пускает сервисный аккаунт {client_email}: {said}.",
        "Проверьте часы этого сервера (timedatectl set-ntp true). Если они идут верно, создайте новый ключ в консоли Google Cloud и впишите его в GOOGLE_SHEETS_CREDENTIALS_BASE64.",
    ),
    Problem.SHEET_NOT_SHARED: Sentences(
        "У сервисного аккаунта нет доступа к таблице или права её менять: {said}.",
        "Откройте доступ к таблице для {client_email} с ролью «Редактор».",
    ),
    Problem.SHEET_NOT_FOUND: Sentences(
        "Google не может прочитать таблицу с таким SPREADSHEET_ID: {said}.",
        "Впишите в SPREADSHEET_ID часть адреса таблицы между /d/ и /edit; папка, документ, форма, PDF или опубликованная страница не подойдут.",
    ),
    Problem.SHEET_OFFICE_FILE: Sentences(
        "Файл с таким SPREADSHEET_ID — это файл Excel; Google Таблицы открывают его только в браузере: {said}.",
        "Откройте его, выберите «Файл → Сохранить как таблицу Google», дайте сервисному аккаунту доступ к новой таблице и впишите её идентификатор в SPREADSHEET_ID.",
    ),
    Problem.SHEET_API_OFF: Sentences(
        "В проекте сервисного аккаунта выключен Google Sheets API: {said}.",
        "Включите его: консоль Google Cloud, «APIs & Services», «Google Sheets API», «Enable».",
    ),
    Problem.SHEET_TAB_MISSING: Sentences(
        "В таблице нет листа «{title}».",
        "Исправьте WORKSHEET_TITLE или оставьте его пустым для первого листа.",
    ),
    Problem.SHEET_FOREIGN_HEADER: Sentences(
        "Первая строка листа «{title}» — не наша, поэтому ничего не записано.",
        "Укажите в WORKSHEET_TITLE пустой лист или дайте листу этот заголовок: {expected}.",
    ),
    Problem.SHEET_PROTECTED: Sentences(
        "Ячейки листа «{title}», в которые пишутся показатели, защищены, и сервисному аккаунту нельзя их менять.",
        "Разрешите изменения для {client_email} в меню «Данные → Защищённые листы и диапазоны» или снимите защиту.",
    ),
    Problem.SHEET_REFUSED: Sentences(
        "Google отказался записать показатели на лист «{title}»: {said}.",
        "Посмотрите, не защищены ли ячейки листа (разрешите изменения для {client_email} в меню «Данные → Защищённые листы и диапазоны»), не объединены ли они, не входят ли в таблицу с типизированными столбцами и не заполнена ли вся Google-таблица (10 миллионов ячеек). Уберите помеху или укажите в WORKSHEET_TITLE другой лист; пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_UNREACHABLE: Sentences(
        "Google Таблицы недоступны: {said}.",
        "Проверьте, что с этого сервера доступен sheets.googleapis.com. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_FOREIGN_ANSWER: Sentences(
        "Вместо Google Таблиц отвечает что-то другое, например прокси.",
        "Проверьте, что стоит между этим сервером и sheets.googleapis.com: https_proxy, межсетевой экран, GOOGLE_SHEETS_API_URL. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_QUOTA: Sentences(
        "Google просит присылать меньше запросов: {said}.",
        "Ничего не нужно: пропущенные дни запишет следующий запуск. Если это продолжается, узнайте, кто ещё пользуется сервисным аккаунтом.",
    ),
}
