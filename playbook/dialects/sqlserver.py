"""SQL Server says `Invalid object name 'dbo.Orders'` with number 208, in the language of the login.

The translations are those of its own message table (sys.messages), as people's reports show them. Number 208 is read
in any other language too (https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-208-database-engine-error).
"""

from playbook.dialects.form import Code, Dialect, fits, said

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

SIGN = r"Sql(?:Server)?Exception|SQL Server|mssql|TinyTds|DB-Lib|\b208\b"

DIALECT = Dialect(
    "sqlserver",
    reads=(
        *(said(text, "relation") for text in INVALID_OBJECT_NAME),
        said("Cannot find the object '{}' because it does not exist or you do not have permissions", "relation"),
        said("Cannot drop the table '{}', because it does not exist or you do not have permission"),
        said("Cannot drop the view '{}', because it does not exist or you do not have permission", "view"),
        said(
            "Cannot drop the sequence object '{}', because it does not exist or you do not have permission", "sequence"
        ),
        said("Cannot drop the sequence '{}', because it does not exist or you do not have permission", "sequence"),
        fits(
            r"(?<!\w)Foreign key '[^'\n]{1,260}' references invalid table '([^'\n]{1,400})'",
            "foreign key",
            "references invalid table",
        ),
        fits(
            r"(?<!\w)Opening a rowset for \"([^\"\n]{1,300})\" failed",  # Integration Services
            "opening a rowset",
            kind="relation",
        ),
        fits(
            r"(?<!\w)The object '([^'\n]{1,400})' does not exist(?: in database \S{1,128})? or is invalid for this",
            "or is invalid for this operation",
            kind="relation",
        ),
        fits(
            r"(?<!\w)Invalid object name '(?:[^'\n]{0,400}\Z|'|\s)", "invalid object name", kind="relation", needs=SIGN
        ),
    ),
    covers=(said("fatal: Invalid object name '{}'"),),  # git
    codes=(
        Code(r"\bSQL Error: 208, SQLState: S0002\b"),
        Code(
            r"(?:SQL Server|SqlException|SQLServer|tiberius|mssql|TDS)[\s\S]{0,600}"
            r"(?:\(208\)|\bMsg 208\b|\bcode: 208\b|\[208\]|\bNumber:? ?208\b)"
        ),
    ),
)
