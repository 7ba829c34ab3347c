#!/bin/sh
# Outrider.app and its disk image, signed and notarized, after `make bundle` on a Mac.
# SIGN_AS names a Developer ID Application certificate; NOTARY_PROFILE one of `notarytool
# store-credentials`. Without them the image is unsigned, and macOS warns about it.
set -eu

cd "$(dirname "$0")/../.."
app=dist/Outrider.app
image=dist/Outrider.dmg

if [ -n "${SIGN_AS:-}" ]; then
    # From the inside out: a signature covers those below it.
    find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' -o -perm -111 \) -print0 |
        xargs -0 codesign --force --timestamp --options runtime \
            --entitlements packaging/macos/entitlements.plist --sign "$SIGN_AS"
    codesign --force --timestamp --options runtime \
        --entitlements packaging/macos/entitlements.plist --sign "$SIGN_AS" "$app"
    codesign --verify --deep --strict "$app"
fi

dmgbuild -s packaging/macos/dmg_settings.py Outrider "$image"

if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
