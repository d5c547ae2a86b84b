#!/usr/bin/env bash
# django-otp 1.7.5 beside pyotp 2.12.1: the address that one writes for an authenticator has another name after the other.
#
# The key URI format of authenticator apps puts `:` or `%3A` between issuer and account, and allows blanks after it.
# django-otp writes `%3A`. pyotp splits at a plain `:` only, so the whole label becomes the account's name, and the issuer
# comes from the parameter beside it. Written again by pyotp, as who moves accounts to another server does, the issuer
# stands there twice, once as a part of the name. A blank after the separator stays in the name, too.
#
# Seen: the lines at the end. Needs python3 with venv. Ends with status 1 when that is different.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check django==5.2.19 django-otp==1.7.5 pyotp==2.12.1
cat >address.py <<'PYTHON'
import django
import pyotp
from django.conf import settings

settings.configure(
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django_otp",
        "django_otp.plugins.otp_totp",
    ],
    OTP_TOTP_ISSUER="Team",
)
django.setup()
from django.contrib.auth.models import User
from django_otp.plugins.otp_totp.models import TOTPDevice


def label(address):
    return address.removeprefix("otpauth://totp/").partition("?")[0]


written = TOTPDevice(user=User(username="ann"), key="00" * 20).config_url
read = pyotp.parse_uri(written)
print("django-otp writes", label(written))
print(f"pyotp reads name {read.name!r}, issuer {read.issuer!r}")
print("pyotp writes", label(read.provisioning_uri()))
blank = pyotp.parse_uri(f"otpauth://totp/Team:%20ann?secret={'A' * 32}&issuer=Team")
print(f"pyotp reads name {blank.name!r} after a blank")
PYTHON
venv/bin/python address.py | tee found
diff found - <<'SEEN'
django-otp writes Team%3Aann
pyotp reads name 'Team:ann', issuer 'Team'
pyotp writes Team:Team%3Aann
pyotp reads name ' ann' after a blank
SEEN
