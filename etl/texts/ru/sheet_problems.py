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
        "Google не пускает сервисный аккаунт {client_email}: {said}",
        "Проверьте часы этого сервера (timedatectl set-ntp true). Если они идут верно, создайте новый ключ в консоли Google Cloud и впишите его в GOOGLE_SHEETS_CREDENTIALS_BASE64.",
    ),
    Problem.SHEET_KEY_REVOKED: Sentences(
        "Google больше не принимает ключ сервисного аккаунта {client_email}.",
        "Создайте новый ключ в консоли Google Cloud и впишите его в GOOGLE_SHEETS_CREDENTIALS_BASE64.",
    ),
    Problem.SHEET_CLOCK: Sentences(
        "Google отказал во входе: часы этого сервера идут неверно.",
        "Исправьте время (timedatectl set-ntp true).",
    ),
    Problem.SHEET_NOT_SHARED: Sentences(
        "У сервисного аккаунта нет доступа к таблице.",
        "Откройте доступ к таблице для {client_email} с ролью «Редактор».",
    ),
    Problem.SHEET_NOT_FOUND: Sentences(
        "Google не знает таблицы с таким SPREADSHEET_ID.",
        "Впишите в SPREADSHEET_ID часть адреса таблицы между /d/ и /edit; документ, форма или опубликованная страница не подойдут.",
    ),
    Problem.SHEET_OFFICE_FILE: Sentences(
        "Файл с таким SPREADSHEET_ID — это файл Excel; Google Таблицы открывают его только в браузере.",
        "Откройте его, выберите «Файл → Сохранить как таблицу Google», дайте сервисному аккаунту доступ к новой таблице и впишите её идентификатор в SPREADSHEET_ID.",
    ),
    Problem.SHEET_API_OFF: Sentences(
        "В проекте сервисного аккаунта выключен Google Sheets API.",
        "Включите его: консоль Google Cloud, «APIs & Services», «Google Sheets API», «Enable».",
    ),
    Problem.SHEET_OTHER_FILE: Sentences(
        "Google не может прочитать файл с таким SPREADSHEET_ID как таблицу: {message}",
        "Впишите в SPREADSHEET_ID часть адреса таблицы между /d/ и /edit. Сейчас там, возможно, папка, PDF или картинка.",
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
        "Google отказался записать показатели на лист «{title}»: {said}",
        "Посмотрите, не защищены ли ячейки листа (разрешите изменения для {client_email} в меню «Данные → Защищённые листы и диапазоны»), не объединены ли они, не входят ли в таблицу с типизированными столбцами и не заполнена ли вся Google-таблица (10 миллионов ячеек). Уберите помеху или укажите в WORKSHEET_TITLE другой лист; пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_MERGED: Sentences(
        "Записать показатели мешают объединённые ячейки на листе «{title}».",
        "Разъедините их («Формат → Объединить ячейки → Отменить объединение») или укажите в WORKSHEET_TITLE другой лист.",
    ),
    Problem.SHEET_TABLE: Sentences(
        "Записать показатели мешает таблица с типизированными столбцами на листе «{title}».",
        "Преобразуйте её в обычный диапазон (в меню самой таблицы) или укажите в WORKSHEET_TITLE другой лист.",
    ),
    Problem.SHEET_FULL: Sentences(
        "Google-таблица заполнена: в ней может быть не больше 10 миллионов ячеек.",
        "Удалите пустые строки и столбцы или ненужные листы. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_UNREACHABLE: Sentences(
        "Google Таблицы недоступны: {cause}.",
        "Проверьте, что с этого сервера доступен sheets.googleapis.com. Пропущенные дни запишет следующий запуск.",
    ),
    Problem.SHEET_QUOTA: Sentences(
        "Google просит присылать меньше запросов (квота).",
        "Ничего не нужно: пропущенные дни запишет следующий запуск. Если это продолжается, узнайте, кто ещё пользуется сервисным аккаунтом.",
    ),
    Problem.SHEET_ERROR: Sentences(
        "Google Таблицы ответили отказом, HTTP {status}: {message}.",
        "Отмените последние изменения в структуре листа или укажите в WORKSHEET_TITLE другой лист. Пропущенные дни запишет следующий запуск.",
    ),
}
