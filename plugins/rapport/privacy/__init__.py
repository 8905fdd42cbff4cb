"""Privacy before landing: tokens, redaction, the directory of known identifiers and the vault's ciphertexts."""

from rapport.privacy.directory import Directory
from rapport.privacy.keyring import Keyring, PrivacyKeyError
from rapport.privacy.redact import REDACTION_VERSION, Guard, Redactor
from rapport.privacy.seal import Sealed, seal, unseal
from rapport.privacy.treat import Treated, feed, treat

__all__ = [
    "REDACTION_VERSION",
    "Directory",
    "Guard",
    "Keyring",
    "PrivacyKeyError",
    "Redactor",
    "Sealed",
    "Treated",
    "feed",
    "seal",
    "treat",
    "unseal",
]
