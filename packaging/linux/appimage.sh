#!/bin/sh
# An AppImage of dist/outrider: packaging/linux/appimage.sh RUNTIME_FILE
# Needs appimagetool on the PATH and its runtime as a file, so that nothing is fetched.
set -eu

runtime=${1:?"usage: $0 RUNTIME_FILE"}
id=app.outrider.Outrider
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
appdir=build/appimage/Outrider.AppDir
rm -rf "$appdir"
mkdir -p "$appdir/usr/bin" "$appdir/usr/share/applications" "$appdir/usr/share/metainfo"
mkdir -p "$appdir/usr/share/icons/hicolor" dist

cp -a dist/outrider/. "$appdir/usr/bin/"
cp packaging/linux/$id.desktop "$appdir/usr/share/applications/"
cp packaging/linux/$id.desktop "$appdir/"
cp packaging/linux/$id.metainfo.xml "$appdir/usr/share/metainfo/$id.appdata.xml"
cp resources/icon.svg "$appdir/$id.svg"
.venv/bin/python packaging/linux/icons.py "$appdir/usr/share/icons/hicolor"
ln -s usr/bin/outrider "$appdir/AppRun"

appimagetool --runtime-file "$runtime" "$appdir" "dist/Outrider-$(uname -m).AppImage"
