"""SQL Server says `Invalid object name 'dbo.Orders'` with number 208, in the language of the login.

The translations are those of its own message table (sys.messages), as people's reports show them. Number 208 is read
in any other language too (https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-208-database-engine-error).
"""

from playbook.dialects.form import Code, Dialect, said

INVALID_OBJECT_NAME = (
    "Invalid object name '{}'.",
    "Object name '{}' is invalid.",
    "Ungültiger Objektname '{}'.",
    "Der Objektname '{}' ist ungültig.",
    "Nom d'objet '{}' non valide.",
    "Le nom d'objet '{}' n'est pas valide.",
    "El nombre de objeto '{}' no es válido.",
    "El nombre de objeto '{}' no es valido.",
    "Nome di oggetto '{}' non valido.",
    "Il nome di oggetto '{}' non è valido.",
    "Nome de objeto '{}' inválido.",
    "Nome de objeto inválido '{}'.",
    "O nome de objeto '{}' é inválido.",
    'Недопустимое имя объекта "{}".',
    "Nieprawidłowa nazwa obiektu '{}'.",
    "Geçersiz nesne adı '{}'.",
    "'{}' nesne adı geçersiz.",
    "オブジェクト名 '{}' が無効です。",
    "개체 이름 '{}'이(가) 잘못되었습니다.",
    "개체 이름 '{}'이(가) 유효하지 않습니다.",
    "对象名 '{}' 无效。",
    "對象名 '{}' 無效。",
    "無效的物件名稱 '{}'。",
    "物件名稱 '{}' 無效。",
    "Ogiltigt objektnamn '{}'.",
    "Ongeldige objectnaam '{}'.",
    "Neplatný název objektu {}.",
)

DIALECT = Dialect(
    "sqlserver",
    reads=(
        *(said(text, "relation") for text in INVALID_OBJECT_NAME),
        said("Cannot find the object '{}' because it does not exist or you do not have permissions", "relation"),
        said("Cannot drop the table '{}', because it does not exist or you do not have permission"),
        said("Cannot drop the view '{}', because it does not exist or you do not have permission", "view"),
        said("Foreign key '{}' references invalid table '{}'"),
    ),
    covers=(said("fatal: Invalid object name '{}'"),),  # git
    codes=(
        Code(
            r"(?:SQL Server|SqlException|SQLServer|tiberius|mssql|TDS)[\s\S]{0,600}"
            r"(?:\(208\)|\bMsg 208\b|\bcode: 208\b|\[208\]|\bNumber:? ?208\b)"
        ),
    ),
)
