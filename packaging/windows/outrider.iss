; Outrider's installer for one person, without an administrator: iscc /DVersion=0.1.0 packaging\windows\outrider.iss
; after `python packaging/bootstrap.py bundle` on Windows.

#ifndef Version
  #error Say which version: iscc /DVersion=...
#endif

[Setup]
AppId=app.outrider.Outrider
AppName=Outrider
AppVersion={#Version}
DefaultDirName={autopf}\Outrider
PrivilegesRequired=lowest
DisableProgramGroupPage=yes
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
ChangesAssociations=yes
Compression=lzma2
SolidCompression=yes
SourceDir=..\..
LicenseFile=LICENSE
OutputDir=dist
OutputBaseFilename=outrider-{#Version}-setup
UninstallDisplayIcon={app}\outrider.exe

[Tasks]
Name: desktopicon; Description: "A shortcut on the desktop"; Flags: unchecked

[Files]
Source: "dist\outrider\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs

[Icons]
Name: "{autoprograms}\Outrider"; Filename: "{app}\outrider.exe"
Name: "{autodesktop}\Outrider"; Filename: "{app}\outrider.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "Software\Classes\.gguf\OpenWithProgids"; ValueType: string; ValueName: "Outrider.gguf"; ValueData: ""; Flags: uninsdeletevalue
Root: HKA; Subkey: "Software\Classes\Outrider.gguf"; ValueType: string; ValueData: "GGUF language model"; Flags: uninsdeletekey
Root: HKA; Subkey: "Software\Classes\Outrider.gguf\shell\open\command"; ValueType: string; ValueData: """{app}\outrider.exe"" ""%1"""

[Run]
Filename: "{app}\outrider.exe"; Description: "Open Outrider"; Flags: nowait postinstall skipifsilent
