"""What the demo's university calls its courses and tasks: the file that TASK_NAMES_FILE names."""

from __future__ import annotations

from pathlib import Path

from etl.demo.campus import Campus
from etl.settings.task_names import write_task_names

# A course's name and those of its tasks, in the campus's order.
COURSES = {
    "en": (
        ("Data Science", (
            "Read a CSV", "Missing values", "Group and sum", "Join two tables", "Histogram",
            "Median by hand", "Correlation", "Linear regression", "Train and test", "Decision tree",
            "Confusion matrix", "Cross-validation",
        )),
        ("Python basics", (
            "Hello, world", "Even numbers", "Leap year", "FizzBuzz", "Palindrome",
            "Count the words", "Caesar cipher", "Roman numerals", "Matrix times vector",
            "Towers of Hanoi", "Balanced brackets", "Bank account",
        )),
        ("Databases and SQL", (
            "Select and where", "Order and limit", "Group by", "Inner join", "Left join",
            "Subquery", "Common table expression", "Window function", "Upsert", "Transactions",
            "Indexes", "Recursive query",
        )),
    ),
    "ru": (
        ("Наука о данных", (
            "Чтение CSV", "Пропуски в данных", "Группировка и суммы", "Соединение таблиц",
            "Гистограмма", "Медиана вручную", "Корреляция", "Линейная регрессия", "Обучение и тест",
            "Дерево решений", "Матрица ошибок", "Кросс-валидация",
        )),
        ("Основы Python", (
            "Привет, мир", "Чётные числа", "Високосный год", "FizzBuzz", "Палиндром",
            "Счётчик слов", "Шифр Цезаря", "Римские числа", "Матрица на вектор", "Ханойские башни",
            "Скобки", "Банковский счёт",
        )),
        ("Базы данных и SQL", (
            "SELECT и WHERE", "ORDER BY и LIMIT", "GROUP BY", "INNER JOIN", "LEFT JOIN",
            "Подзапрос", "CTE", "Оконная функция", "Вставка с обновлением", "Транзакции", "Индексы",
            "Рекурсивный запрос",
        )),
    ),
}  # fmt: skip


def write_names(file: Path, campus: Campus, language: str) -> None:
    names = {}
    for (course, tasks), (course_name, task_names) in zip(
        campus.tasks.items(), COURSES[language], strict=True
    ):
        names[course, ""] = course_name
        for task, name in zip(tasks, task_names, strict=True):
            names[course, task.block] = name
    write_task_names(file, [], names, ",")
