; The installer for Windows, for Inno Setup 6. UNTESTED: nobody has built or run it yet; it is kept beside the packages
; that are tested so that it changes with them. On a Windows machine, in a checkout with the packages of
; packaging/locks/dev.txt:
;
;   python packaging\package.py --freeze-only --operator <folder>
;   iscc /DBuild=<build of the line it printed> /DVersion=0.1.0 packaging\windows\vidphone.iss
;
; It installs for one person, without an administrator, into the tree of docs/packages.md: the program keeps itself up
; to date there, and the launcher is what shortcuts start.

#ifndef Build
  #error say which build: /DBuild=0.1.0+20261123.1-0123abcd
#endif
#ifndef Version
  #error say which version: /DVersion=0.1.0
#endif
#define Frozen "..\..\build\package\frozen"

[Setup]
AppId=vidphone
AppName=vidphone
AppVersion={#Version}
DefaultDirName={localappdata}\vidphone\program
DisableDirPage=yes
DisableProgramGroupPage=yes
PrivilegesRequired=lowest
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
Compression=lzma2/max
SolidCompression=yes
LicenseFile=..\..\LICENSE
OutputDir=..\..\dist
OutputBaseFilename=vidphone-{#Build}-windows-x86_64
UninstallDisplayIcon={app}\launcher\vidphone.exe

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"

[Files]
Source: "{#Frozen}\launcher\*"; DestDir: "{app}\launcher"; Flags: recursesubdirs ignoreversion
Source: "{#Frozen}\program\*"; DestDir: "{app}\versions\{#Build}"; Flags: recursesubdirs ignoreversion
Source: "{#Frozen}\manifest.json"; DestDir: "{app}\versions\{#Build}\.release"

[Icons]
Name: "{userprograms}\vidphone"; Filename: "{app}\launcher\vidphone.exe"

[Registry]
Root: HKCU; Subkey: "Software\Classes\vidphone"; ValueType: string; ValueData: "URL:vidphone"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\Classes\vidphone"; ValueName: "URL Protocol"; ValueType: string; ValueData: ""
Root: HKCU; Subkey: "Software\Classes\vidphone\shell\open\command"; ValueType: string; ValueData: """{app}\launcher\vidphone.exe"" ""%1"""
; One program of several that can open tel: links; Windows asks the person which.
Root: HKCU; Subkey: "Software\Classes\vidphone.tel\shell\open\command"; ValueType: string; ValueData: """{app}\launcher\vidphone.exe"" ""%1"""; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\vidphone\Capabilities"; ValueName: "ApplicationName"; ValueType: string; ValueData: "vidphone"; Flags: uninsdeletekey
Root: HKCU; Subkey: "Software\vidphone\Capabilities\URLAssociations"; ValueName: "tel"; ValueType: string; ValueData: "vidphone.tel"
Root: HKCU; Subkey: "Software\vidphone\Capabilities\URLAssociations"; ValueName: "vidphone"; ValueType: string; ValueData: "vidphone"
Root: HKCU; Subkey: "Software\RegisteredApplications"; ValueName: "vidphone"; ValueType: string; ValueData: "Software\vidphone\Capabilities"; Flags: uninsdeletevalue

[Run]
Filename: "{app}\launcher\vidphone.exe"; Flags: postinstall nowait skipifsilent

[UninstallDelete]
; What upgrades put there; settings, contacts and the signed agreement are elsewhere and stay.
Type: filesandordirs; Name: "{app}"

[Code]
procedure CurStepChanged(Step: TSetupStep);
begin
  { The pointer is written last: all that it names is there. }
  if Step = ssPostInstall then
    SaveStringToFile(ExpandConstant('{app}\current'), '{#Build}' + #10, False);
end;
