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
    "the connection was refused": "в соединении отказано",
    "no answer in time": "нет ответа в отведённое время",
    "the name is unknown to DNS": "DNS не знает этого имени",
    "there is no way to it through the network": "нет маршрута к серверу",
    "no such socket": "нет такого сокета",
    "there is no root certificate to check it by": "нет корневого сертификата, чтобы его проверить",
    "its certificate is not trusted": "его сертификату нельзя доверять",
    "it does not speak TLS as asked": "сервер не поддерживает TLS так, как требует DB_SSLMODE",
    "it has no connection to spare": "свободных подключений нет",
    "it is starting or stopping": "сервер запускается или останавливается",
    "it broke off the connection": "сервер разорвал соединение",
    "the server hung up": "сервер разорвал соединение",
    "there is no session": "соединение не открыто",
    "this server is a replica": "этот сервер — реплика",
    "default_transaction_read_only is on": "включён параметр default_transaction_read_only",
    # etl.sheets
    "something other than Google answers, such as a proxy": "отвечает не Google, а что-то другое, например прокси",
    # etl.mail
    "AUTH is not offered": "вход не поддерживается",
    "this is no host name": "это не имя сервера",
}
