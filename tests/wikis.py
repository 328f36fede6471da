"""Real wikis, MediaWiki and DokuWiki, out of Debian's packages: unpacked in the environment, installed nowhere.

Debian's own installation would bring a web server, and services; PHP's server needs only the files. A wiki that runs
keeps its pages and settings in a folder of its own: what was unpacked stays as it was.

    python -m tests.wikis       # unpacks them; `make test` does it
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from tests.browser.server import free_port, wait_until_healthy

FOLDER = Path(sys.prefix) / "wikis"
MEDIAWIKI = FOLDER / "mediawiki"
DOKUWIKI = FOLDER / "dokuwiki"
MEDIAWIKI_PACKAGES = ("mediawiki", "mediawiki-classes")
DOKUWIKI_PACKAGE = "dokuwiki"
LIBRARIES = ("php-", "libphp-", "libjs-")  # how the packages begin that Debian has taken out of DokuWiki
MODULES = {"mbstring", "pdo_sqlite", "intl", "xml"}
PATIENCE = 30.0


# -- unpacking -----------------------------------------------------------------------------------------------------


def fetch() -> None:
    """Unpack what is missing; each wiki appears in its folder whole, or not at all."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        if not MEDIAWIKI.exists():
            _unpack_mediawiki(Path(folder) / "mediawiki").rename(MEDIAWIKI)
        if not DOKUWIKI.exists():
            _unpack_dokuwiki(Path(folder) / "dokuwiki").rename(DOKUWIKI)


def _unpack_mediawiki(folder: Path) -> Path:
    """Return MediaWiki's own folder, without Debian's links to what the package's scripts would make."""
    _unpack(folder, *MEDIAWIKI_PACKAGES)
    app = folder / "usr/share/mediawiki"
    for name in ("LocalSettings.php", "config", "extensions", "images"):
        (app / name).unlink()
    (app / "extensions-core").rename(app / "extensions")
    (app / "images").mkdir()
    return app


def _unpack_dokuwiki(folder: Path) -> Path:
    """Return DokuWiki with its libraries and its configuration, each where Debian has it, but below DOKUWIKI."""
    _unpack(folder, DOKUWIKI_PACKAGE, *_libraries())
    app = folder / "usr/share/dokuwiki"
    for name in ("plugins", "tpl"):
        (app / "lib" / name).unlink()
        (folder / "var/lib/dokuwiki/lib" / name).rename(app / "lib" / name)
    for script in app.rglob("*.php"):
        text = script.read_text("utf-8", "surrogateescape")
        here = text.replace("'/usr/share/", f"'{DOKUWIKI}/usr/share/")
        if here != text:
            script.write_text(here, "utf-8", "surrogateescape")
    return folder


def _libraries() -> list[str]:
    """Return the packages with the libraries of DokuWiki, which differ from one Debian to the next."""
    depends = ["apt-cache", "depends", "--important", DOKUWIKI_PACKAGE]
    lines = subprocess.run(depends, check=True, text=True, stdout=subprocess.PIPE).stdout.splitlines()
    names = [line.removeprefix("  Depends: ") for line in lines if line.startswith("  Depends: ")]
    return [name for name in names if name.startswith(LIBRARIES)]


def _unpack(folder: Path, *packages: str) -> None:
    """Download packages and take the files out of them, one package after the other; none of their scripts runs.

    The order counts: DokuWiki's package links to libraries that it no longer has, where their packages put them.
    """
    folder.mkdir()
    download = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root"]  # who else could write to our folder?
    subprocess.run([*download, *packages], cwd=folder, check=True)
    for package in packages:
        [file] = folder.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", file, folder], check=True)
        file.unlink()


# -- running -------------------------------------------------------------------------------------------------------


@cache
def missing(wiki: Path) -> str | None:
    """Return what has to be installed before a wiki can run."""
    php = shutil.which("php")
    listed = subprocess.run([php, "-m"], text=True, capture_output=True).stdout.split() if php else []
    if not MODULES.issubset(listed):
        return "no PHP here, or not all of it: apt-get install php-cli php-sqlite3 php-mbstring php-xml php-intl"
    return None if wiki.exists() else f"no {wiki.name} here: python -m tests.wikis"


class MediaWiki:
    """A MediaWiki that runs; `url` has no slash at its end."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._settings = folder / "LocalSettings.php"
        self.environment = os.environ | {"MW_CONFIG_FILE": str(self._settings)}
        self._folder = folder
        self._changes = 0

    def install(self) -> None:
        """Make the database and the settings, in the wiki's own folder."""
        kind = ["--dbtype=sqlite", "--dbname=wiki", "--skins=Vector,MonoBook,Timeless,MinervaNeue"]
        kept = [f"--dbpath={self._folder}/data", f"--confpath={self._folder}"]
        address = [f"--server={self.url}", "--scriptpath="]
        self._maintain("install", *kind, *kept, *address, "--pass=not-a-secret-here", "Harbour wiki", "Admin")
        self._installed = self._settings.read_text("utf-8") + MEDIAWIKI_SETTINGS
        self.settings()

    def settings(self, php: str = "") -> None:
        """Have these settings besides the wiki's own, and none that were given before."""
        self._settings.write_text(self._installed + php, encoding="utf-8")
        self._changes += 1
        _date(self._settings, self._changes)

    def write(self, title: str, text: str) -> None:
        """Write a page."""
        self._maintain("edit", "-u", "Admin", "-s", "Written", title, text=text)

    def address(self, title: str) -> str:
        """Return the address of a page."""
        return f"{self.url}/index.php/{title.replace(' ', '_')}"

    def _maintain(self, script: str, *arguments: str, text: str = "") -> None:
        """Run one of the wiki's own scripts, which newer ones have behind `run.php`."""
        run = MEDIAWIKI / "maintenance/run.php"
        command = [run, script] if run.exists() else [MEDIAWIKI / f"maintenance/{script}.php"]
        _run(["php", *command, *arguments], self.environment, text)


MEDIAWIKI_SETTINGS = """
# Nothing is kept, neither rendered pages nor scripts: what a test changes is there at once.
$wgParserCacheType = CACHE_NONE;
$wgResourceLoaderMaxAge = [ 'versioned' => 0, 'unversioned' => 0 ];
"""


@contextmanager
def mediawiki(folder: Path) -> Iterator[MediaWiki]:
    """Install a MediaWiki in a folder, and run it until the block ends."""
    wiki = MediaWiki(folder)
    wiki.install()
    with _serving(MEDIAWIKI, wiki.url, folder, wiki.environment):
        yield wiki


class DokuWiki:
    """A DokuWiki that runs; `url` has no slash at its end."""

    def __init__(self, folder: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.before = folder / "before.php"  # which PHP runs before each of the wiki's own scripts
        self._configuration = folder / "conf"
        self._data = folder / "data"
        self._changes = 0

    def install(self) -> None:
        """Copy the configuration and the data of a new wiki, which everybody may read and nobody write."""
        shutil.copytree(DOKUWIKI / "etc/dokuwiki", self._configuration, symlinks=True)
        shutil.copytree(DOKUWIKI / "var/lib/dokuwiki/data", self._data)
        self.before.write_text(f"<?php define('DOKU_MAIN_CONF', '{self._configuration}/');\n")
        for name, text in DOKUWIKI_SETTINGS.items():
            (self._configuration / name).unlink(missing_ok=True)
            (self._configuration / name).write_text(text.format(data=self._data), encoding="utf-8")

    def configure(self, name: str, text: str | None) -> None:
        """Have one of the files of the configuration; None is that there is none."""
        (self._configuration / name).unlink(missing_ok=True)
        if text is not None:
            (self._configuration / name).write_text(text, encoding="utf-8")
        self._changes += 1
        _date(self._configuration / "local.php", self._changes)

    def write(self, name: str, text: str) -> None:
        """Write a page, such as "team:oncall"."""
        path = (self._data / "pages").joinpath(*f"{name}.txt".split(":"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def address(self, name: str) -> str:
        """Return the address of a page."""
        return f"{self.url}/doku.php?id={name}"


DOKUWIKI_SETTINGS = {
    "local.php": "<?php $conf['title'] = 'Harbour wiki'; $conf['useacl'] = 1; $conf['savedir'] = '{data}';\n",
    "acl.auth.php": "*\t@ALL\t1\n",
    "users.auth.php": "",
}


@contextmanager
def dokuwiki(folder: Path) -> Iterator[DokuWiki]:
    """Set up a DokuWiki in a folder, and run it until the block ends."""
    wiki = DokuWiki(folder)
    wiki.install()
    with _serving(DOKUWIKI / "usr/share/dokuwiki", wiki.url, folder, auto_prepend_file=str(wiki.before)):
        yield wiki


@contextmanager
def _serving(
    scripts: Path, url: str, folder: Path, environment: dict[str, str] | None = None, **options: str
) -> Iterator[None]:
    """Run PHP's own web server until the block ends; it works in processes of its own, which end with it."""
    given = {"opcache.enable_cli": "1", "opcache.revalidate_freq": "0", **options}
    settings = [part for name, value in given.items() for part in ("-d", f"{name}={value}")]
    with (folder / "server.log").open("w") as log:
        server = subprocess.Popen(
            ["php", *settings, "-S", url.removeprefix("http://"), "-t", scripts],
            env=(environment or os.environ) | {"PHP_CLI_SERVER_WORKERS": "4"},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            wait_until_healthy(url, time.monotonic() + PATIENCE)
            yield
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(20)


def _date(settings: Path, changes: int) -> None:
    """Date a wiki's settings later than before, by seconds: so it knows that what it has kept, or a browser, is old."""
    now = time.time() + changes
    os.utime(settings, (now, now))


def _run(command: list[str | Path], environment: dict[str, str], text: str) -> None:
    """Run a command that has to succeed; where it doesn't, say what it said."""
    done = subprocess.run(
        command, env=environment, input=text, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode == 0, done.stdout


if __name__ == "__main__":
    if shutil.which("apt-get") is None:
        raise SystemExit("No apt-get here: the tests with real wikis will skip.")
    try:
        fetch()
    except subprocess.CalledProcessError:
        raise SystemExit("Debian's packages are out of reach: the tests with real wikis will skip.") from None
