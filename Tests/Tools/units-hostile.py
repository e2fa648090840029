"""Units that people write and that tools get wrong: (label, files, steps).

A content that begins with `-> ` is a link; None is a directory. A step is (unit, verb[, what ours does on purpose where
systemctl does otherwise: "refused", "unchanged", "other"]).
"""
LIB, ETC, RUN = "usr/lib/systemd/system", "etc/systemd/system", "run/systemd/system"
SERVICE = "[Service]\nExecStart=/bin/true\n"


def unit(install, body=SERVICE):
    return body + "[Install]\n" + install


PLAIN = unit("WantedBy=multi-user.target\n")
ALL = lambda name: [(name, verb) for verb in ("enable", "disable", "mask", "unmask", "disable")]

CASES = [
    ("plain", {f"{LIB}/a.service": PLAIN}, ALL("a.service") + ALL("a")),
    ("of an administrator", {f"{ETC}/a.service": PLAIN}, [("a", "enable"), ("a", "disable")]),
    ("an administrator's is not overwritten by a mask", {f"{ETC}/a.service": PLAIN}, [("a", "mask"), ("a", "enable")]),
    ("several", {f"{LIB}/a.service": unit("WantedBy=multi-user.target graphical.target\nRequiredBy=b.service\nRequiredBy=c.service\n")}, ALL("a")),
    ("no install", {f"{LIB}/a.service": SERVICE}, ALL("a")),
    ("empty install", {f"{LIB}/a.service": unit("")}, ALL("a")),
    ("install twice", {f"{LIB}/a.service": "[Install]\nWantedBy=a.target\n[Service]\nWantedBy=no.target\n[Install]\nWantedBy=b.target\n"}, ALL("a")),
    ("keys of other sections", {f"{LIB}/a.service": "[Unit]\nWantedBy=x.target\nAlias=z.service\n" + PLAIN}, ALL("a")),
    ("unknown keys and case", {f"{LIB}/a.service": unit("wantedby=x.target\nWANTEDBY=y.target\nX-Foo=1\nWantedBy =z.target\n WantedBy= y.target \n")}, ALL("a")),
    ("continued", {f"{LIB}/a.service": unit("WantedBy=a.target \\\n  b.target \\\n# comment\n; another\n  c.target\nRequiredBy=d.target\\\n")}, ALL("a")),
    ("continued into an empty line", {f"{LIB}/a.service": unit("WantedBy=a.target \\\n\nRequiredBy=b.target\n")}, ALL("a")),
    ("continued section", {f"{LIB}/a.service": "[Service]\nExecStart=/bin/a \\\n[Install]\nWantedBy=x.target\n[Install]\nWantedBy=b.target\n"}, ALL("a")),
    ("two backslashes", {f"{LIB}/a.service": "[Service]\nExecStart=a \\\\\n[Install]\nWantedBy=b.target\n"}, ALL("a")),
    ("reset", {f"{LIB}/a.service": unit("WantedBy=a.target\nAlias=x.service\nWantedBy=\nAlias=\nWantedBy=b.target\n")}, ALL("a")),
    ("reset to nothing", {f"{LIB}/a.service": unit("WantedBy=a.target\nWantedBy=\n")}, ALL("a")),
    ("quotes", {f"{LIB}/a.service": unit("WantedBy=\"a.target\" 'b.target'\n")}, ALL("a")),
    ("open quote", {f"{LIB}/a.service": unit("WantedBy=a.target \"b.target\nRequiredBy=c.target\n")}, ALL("a")),
    ("carriage returns", {f"{LIB}/a.service": PLAIN.replace("\n", "\r\n").encode()}, ALL("a")),
    ("old line ends", {f"{LIB}/a.service": PLAIN.replace("\n", "\r").encode()}, ALL("a")),
    ("byte order mark", {f"{LIB}/a.service": b"\xef\xbb\xbf[Install]\nWantedBy=a.target\n"}, ALL("a")),
    ("no last newline", {f"{LIB}/a.service": PLAIN.rstrip("\n")}, ALL("a")),
    ("tabs", {f"{LIB}/a.service": "[Install]\n\tWantedBy\t=\ta.target\tb.target\t\n"}, ALL("a")),
    ("a comment that is not UTF-8", {f"{LIB}/a.service": b"# \xff\n" + PLAIN.encode()}, ALL("a")),
    ("not UTF-8", {f"{LIB}/a.service": b"[Service]\nExecStart=\xff\n" + PLAIN.encode()}, ALL("a")),
    ("broken section", {f"{LIB}/a.service": "[Service\n" + PLAIN}, [("a", "enable")]),
    ("no equals sign", {f"{LIB}/a.service": unit("WantedBy\n=x\nWantedBy=a.target\n")}, ALL("a")),
    ("names no unit", {f"{LIB}/a.service": unit("WantedBy=multi-user\n")}, [("a", "enable")]),
    ("a target with a slash", {f"{LIB}/a.service": unit("WantedBy=../a.target\n")}, [("a", "enable")]),

    ("alias", {f"{LIB}/a.service": unit("Alias=b.service c.service\n")}, ALL("a")),
    ("alias and wants", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlias=b.service\n")}, ALL("a") + [("a", "enable"), ("b", "disable")]),
    ("enabled by its alias", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlias=b.service\n")}, [("a", "enable"), ("b", "enable", "unchanged"), ("b", "mask"), ("b", "unmask"), ("b", "disable")]),
    ("alias of another type", {f"{LIB}/a.service": unit("Alias=b.socket\n")}, [("a", "enable")]),
    ("alias without a type", {f"{LIB}/a.service": unit("Alias=b\n")}, [("a", "enable")]),
    ("alias of itself", {f"{LIB}/a.service": unit("Alias=a.service\nWantedBy=m.target\n")}, ALL("a")),
    ("alias of itself alone", {f"{LIB}/a.service": unit("Alias=a.service\n")}, ALL("a")),
    ("alias into a folder", {f"{LIB}/a.service": unit("Alias=m.target.wants/a.service\n")}, ALL("a")),
    ("alias into a folder under another name", {f"{LIB}/a.service": unit("Alias=m.target.wants/b.service\n")}, [("a", "enable")]),
    ("alias into another folder", {f"{LIB}/a.service": unit("Alias=x/a.service\n")}, [("a", "enable")]),
    ("alias out of the folder", {f"{LIB}/a.service": unit("Alias=../a.service\n")}, [("a", "enable")]),
    ("alias of a mount", {f"{LIB}/a.mount": "[Mount]\nWhat=/x\n[Install]\nAlias=b.mount\nWantedBy=m.target\n"}, ALL("a.mount")),
    ("another's alias link", {f"{LIB}/a.service": unit("Alias=dm.service\nWantedBy=m.target\n"), f"{LIB}/b.service": unit("Alias=dm.service\nWantedBy=m.target\n")},
     [("b", "enable"), ("a", "enable"), ("a", "disable"), ("b", "disable"), ("a", "enable"), ("b", "enable"), ("b", "disable")]),
    ("another's alias link alone", {f"{LIB}/a.service": unit("Alias=dm.service\n"), f"{LIB}/b.service": unit("Alias=dm.service\n")},
     [("b", "enable"), ("a", "disable"), ("a", "enable"), ("b", "disable"), ("a", "enable")]),
    ("a link to elsewhere with our alias", {f"{LIB}/a.service": unit("Alias=dm.service\n"), f"{ETC}/dm.service": "-> /opt/x.service"}, [("a", "enable"), ("a", "disable")]),
    ("a file with our alias", {f"{LIB}/a.service": unit("Alias=dm.service\n"), f"{ETC}/dm.service": SERVICE}, [("a", "enable"), ("a", "disable")]),
    ("an alias link with our name", {f"{LIB}/b.service": unit("Alias=a.service\n"), f"{LIB}/a.service": PLAIN},
     [("b", "enable"), ("a", "enable", "other"), ("a", "disable"), ("b", "disable")]),
    ("masked alias", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlias=b.service\n"), f"{ETC}/b.service": "-> /dev/null"}, [("a", "enable"), ("a", "disable"), ("b", "unmask"), ("a", "enable")]),

    ("also", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=a.socket\n"), f"{LIB}/a.socket": "[Socket]\n[Install]\nWantedBy=sockets.target\n"},
     ALL("a") + [("a", "enable"), ("a.socket", "disable"), ("a.socket", "enable"), ("a", "disable")]),
    ("also alone", {f"{LIB}/a.service": unit("Also=a.socket\n"), f"{LIB}/a.socket": "[Socket]\n[Install]\nWantedBy=sockets.target\n"},
     ALL("a") + [("a", "enable"), ("a.socket", "disable"), ("a", "disable"), ("a", "enable"), ("a.socket", "disable"), ("a", "enable")]),
    ("also each other", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=b.service\n"), f"{LIB}/b.service": unit("WantedBy=m.target\nAlso=a.service\n")}, ALL("a") + ALL("b")),
    ("also a chain", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=b.service\n"), f"{LIB}/b.service": unit("Also=c.service\n"), f"{LIB}/c.service": PLAIN}, ALL("a") + ALL("b")),
    ("also what is not there", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=nope.service\n")}, ALL("a")),
    ("also what is masked", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=b.service\n"), f"{LIB}/b.service": PLAIN, f"{ETC}/b.service": "-> /dev/null"}, [("a", "enable"), ("a", "disable")]),
    ("also no unit", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=b\n")}, [("a", "enable")]),
    ("also by specifier", {f"{LIB}/a@.service": unit("WantedBy=m.target\nAlso=%p@%i.socket\n"), f"{LIB}/a@.socket": "[Socket]\n[Install]\nWantedBy=sockets.target\n"}, [("a@x", "enable"), ("a@x", "disable")]),
    ("also is not reset", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=b.service\nAlso=\n"), f"{LIB}/b.service": PLAIN}, ALL("a")),
    ("also an alias", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlso=c.service\n"), f"{LIB}/b.service": PLAIN, f"{LIB}/c.service": "-> b.service"}, ALL("a")),

    ("template", {f"{LIB}/a@.service": PLAIN}, [("a@", "enable"), ("a@x", "enable"), ("a@y", "enable"), ("a@x", "disable"), ("a@", "disable"), ("a@x", "mask"), ("a@x", "unmask")]),
    ("template with a default", {f"{LIB}/a@.service": unit("WantedBy=m.target\nDefaultInstance=d1\n")},
     [("a@", "enable"), ("a@", "disable"), ("a@x", "enable"), ("a@", "enable"), ("a@x", "disable"), ("a@d1", "disable")]),
    ("default of a plain unit", {f"{LIB}/a.service": unit("WantedBy=m.target\nDefaultInstance=d1\n")}, ALL("a")),
    ("default that is no instance", {f"{LIB}/a@.service": unit("WantedBy=m.target\nDefaultInstance=a/b\n")}, [("a@", "enable"), ("a@x", "enable")]),
    ("default taken back", {f"{LIB}/a@.service": unit("WantedBy=m.target\nDefaultInstance=d\nDefaultInstance=\n")}, [("a@", "enable"), ("a@x", "enable")]),
    ("template of a template target", {f"{LIB}/a@.service": unit("WantedBy=t@.target\n")}, [("a@", "enable"), ("a@x", "enable"), ("a@", "disable")]),
    ("instance of an instance target", {f"{LIB}/a@.service": unit("WantedBy=t@%i.target\n")}, [("a@x", "enable"), ("a@x", "disable")]),
    ("instance with a file of its own", {f"{LIB}/a@.service": PLAIN, f"{LIB}/a@x.service": unit("WantedBy=own.target\n")}, [("a@x", "enable"), ("a@y", "enable"), ("a@x", "disable"), ("a@y", "disable")]),
    ("instance with signs", {f"{LIB}/a@.service": PLAIN}, [("a@dev-sda1", "enable"), ("a@b@c", "enable"), ("a@b\\x2dc", "enable"), ("a@b.c", "enable"), ("a@b@c", "disable"), ("a@", "disable")]),
    ("alias of a template", {f"{LIB}/a@.service": unit("Alias=b@.service\nWantedBy=m.target\n")}, [("a@x", "enable"), ("a@x", "disable"), ("a@", "enable", "refused")]),
    ("alias of an instance", {f"{LIB}/a@.service": unit("Alias=one.service\n")}, [("a@x", "enable")]),
    # is-enabled compares the links with `b@%i.service`.
    ("alias by specifier", {f"{LIB}/a@.service": unit("Alias=b@%i.service\n")}, [("a@x", "enable", "same"), ("a@x", "disable")]),
    ("linked template", {f"{LIB}/a@.service": PLAIN, f"{LIB}/b@.service": "-> a@.service"}, [("b@x", "enable"), ("b@x", "disable"), ("a@x", "enable"), ("b@x", "disable")]),
    ("alias instance link", {f"{LIB}/a@.service": PLAIN, f"{LIB}/b@x.service": "-> a@x.service"}, [("b@x", "enable"), ("b@x", "disable")]),

    ("specifiers", {f"{LIB}/foo-bar@.service": unit("WantedBy=%p.target %i.target %j.target\nRequiredBy=%n.target\nRequiredBy=%N.target %%.target\n".replace("%n.target", "x-%N.target").replace(" %%.target", ""))}, [("foo-bar@x", "enable"), ("foo-bar@x", "disable")]),
    ("specifier of the whole name", {f"{LIB}/a.service": unit("WantedBy=%N.target\nAlias=b-%n\n")}, ALL("a")),
    ("specifiers of a plain unit", {f"{LIB}/foo-bar.service": unit("WantedBy=%p.target %j.target pre%i.target\n")}, ALL("foo-bar")),
    ("specifiers of a default", {f"{LIB}/a@.service": unit("DefaultInstance=d\nWantedBy=w-%i.target n-%N.target\n")}, [("a@", "enable"), ("a@", "disable"), ("a@x", "enable")]),
    ("specifiers of the system", {f"{LIB}/a.service": unit("WantedBy=u%u-%U-%g-%G.target o-%o.target w-%w.target m-%m.target v%W.target\n"), "etc/os-release": "ID=deb\nVERSION_ID=\"12\"\n", "etc/machine-id": "0123456789abcdef0123456789abcdef\n"}, ALL("a")),
    ("unknown specifier", {f"{LIB}/a.service": unit("WantedBy=%y.target\n")}, [("a", "enable")]),
    ("stray percent signs", {f"{LIB}/a.service": unit("WantedBy=m.target%\n")}, [("a", "enable")]),
    ("specifier in a section that does not count", {f"{LIB}/a.service": "[Service]\nExecStart=/bin/a %y\n" + PLAIN}, ALL("a")),

    ("drop-in", {f"{LIB}/a.service": SERVICE, f"{ETC}/a.service.d/1.conf": "[Install]\nWantedBy=m.target\n"}, ALL("a")),
    ("drop-in that resets", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/1.conf": "[Install]\nWantedBy=\nWantedBy=own.target\n"}, ALL("a")),
    ("drop-ins in order", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/10.conf": "[Install]\nWantedBy=\n", f"{LIB}/a.service.d/20.conf": "[Install]\nWantedBy=x.target\n", f"{RUN}/a.service.d/05.conf": "[Install]\nWantedBy=no.target\n"}, ALL("a")),
    ("drop-in over drop-in", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/1.conf": "[Install]\nWantedBy=e.target\n", f"{LIB}/a.service.d/1.conf": "[Install]\nWantedBy=l.target\n"}, ALL("a")),
    # systemctl --root does not find /dev/null below the root, and then no unit.
    ("masked drop-in", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/1.conf": "-> /dev/null", f"{LIB}/a.service.d/1.conf": "[Install]\nWantedBy=l.target\n"}, [("a", "enable", "other"), ("a", "disable")]),
    ("empty drop-in", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/1.conf": ""}, ALL("a")),
    ("drop-in for all services", {f"{LIB}/a.service": SERVICE, f"{ETC}/service.d/1.conf": "[Install]\nWantedBy=m.target\n"}, ALL("a")),
    ("drop-in for a prefix", {f"{LIB}/a-b.service": SERVICE, f"{ETC}/a-.service.d/1.conf": "[Install]\nWantedBy=m.target\n"}, ALL("a-b")),
    ("drop-in of a template", {f"{LIB}/a@.service": PLAIN, f"{ETC}/a@.service.d/1.conf": "[Install]\nWantedBy=t.target\n", f"{ETC}/a@x.service.d/1.conf": "[Install]\nWantedBy=i.target\n"}, [("a@x", "enable"), ("a@y", "enable"), ("a@x", "disable")]),
    ("drop-in of an alias", {f"{LIB}/a.service": PLAIN, f"{LIB}/b.service": "-> a.service", f"{ETC}/b.service.d/1.conf": "[Install]\nWantedBy=b.target\n"}, [("a", "enable"), ("b", "enable"), ("b", "disable")]),
    ("drop-in that is linked", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/1.conf": "-> ../../x.conf", "etc/systemd/x.conf": "[Install]\nWantedBy=l.target\n"}, ALL("a")),
    ("drop-in folder that is linked", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d": "-> ../x.d", "etc/systemd/x.d/1.conf": "[Install]\nWantedBy=l.target\n"}, ALL("a")),
    ("broken drop-in", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/1.conf": "[Install\n"}, [("a", "enable"), ("a", "disable")]),
    ("drop-in with another ending", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service.d/1.txt": "[Install]\nWantedBy=l.target\n"}, ALL("a")),

    ("links of an older install", {f"{LIB}/a.service": PLAIN, f"{ETC}/old.target.wants/a.service": "-> /lib/systemd/system/a.service", f"{ETC}/older.service": "-> /lib/systemd/system/a.service"}, [("a", "disable"), ("a", "enable"), ("a", "disable")]),
    ("links of an install that is gone", {f"{LIB}/a.service": SERVICE, f"{ETC}/old.target.wants/a.service": "-> /lib/systemd/system/a.service"}, [("a", "enable"), ("a", "disable")]),
    ("some of the links", {f"{LIB}/a.service": unit("WantedBy=x.target y.target\nAlias=b.service\n"), f"{ETC}/x.target.wants/a.service": "-> /lib/systemd/system/a.service"}, ALL("a")),
    ("links of a unit that is gone", {f"{ETC}/old.target.wants/a.service": "-> /lib/systemd/system/a.service", f"{ETC}/old.target.wants/b.service": "-> /lib/systemd/system/b.service"}, [("a", "disable")]),
    ("links to an older place", {f"{ETC}/a.service": PLAIN, f"{ETC}/multi-user.target.wants/a.service": "-> /lib/systemd/system/a.service"}, [("a", "enable"), ("a", "disable")]),
    ("links that lead elsewhere", {f"{LIB}/a.service": PLAIN, f"{ETC}/multi-user.target.wants/a.service": "-> /opt/a.service"}, [("a", "enable"), ("a", "disable")]),
    ("links that lead to another unit", {f"{LIB}/a.service": PLAIN, f"{LIB}/b.service": PLAIN, f"{ETC}/multi-user.target.wants/a.service": "-> /lib/systemd/system/b.service"}, [("a", "enable"), ("a", "disable")]),
    ("relative links", {f"{LIB}/a.service": PLAIN, f"{ETC}/multi-user.target.wants/a.service": "-> ../a.service"}, [("a", "enable"), ("a", "disable")]),
    ("relative links into the library", {f"{LIB}/a.service": unit("WantedBy=multi-user.target\nAlias=b.service\n"), f"{ETC}/multi-user.target.wants/a.service": "-> ../../../../lib/systemd/system/a.service", f"{ETC}/b.service": "-> ../../../usr/lib/systemd/system/a.service"}, [("a", "enable"), ("b", "disable")]),
    ("links to links", {f"{LIB}/a.service": PLAIN, f"{ETC}/b.service": "-> c.service", f"{ETC}/c.service": "-> /lib/systemd/system/a.service"}, [("b", "disable")]),
    ("a file in the folder of links", {f"{LIB}/a.service": PLAIN, f"{ETC}/multi-user.target.wants/a.service": "x"}, [("a", "enable"), ("a", "disable")]),
    ("an empty folder of links", {f"{LIB}/a.service": PLAIN, f"{ETC}/multi-user.target.wants": None}, ALL("a")),
    ("a folder with others' links", {f"{LIB}/a.service": PLAIN, f"{ETC}/multi-user.target.wants/z.service": "-> /lib/systemd/system/z.service"}, ALL("a")),
    ("links with no name of a unit", {f"{LIB}/a.service": PLAIN, f"{ETC}/multi-user.target.wants/x": "-> /lib/systemd/system/a.service", f"{ETC}/y": "-> /lib/systemd/system/a.service"}, ALL("a")),
    ("links below other folders", {f"{LIB}/a.service": PLAIN, f"{ETC}/x.d/a.service": "-> /lib/systemd/system/a.service", f"{ETC}/x/y/z/a.service": "-> /x"}, ALL("a")),
    ("links in a circle", {f"{LIB}/a.service": PLAIN, f"{ETC}/x.service": "-> y.service", f"{ETC}/y.service": "-> x.service"}, [("a", "enable"), ("x", "enable")]),

    ("alias in the library", {f"{LIB}/a.service": PLAIN, f"{LIB}/b.service": "-> a.service"}, ALL("b") + [("a", "enable"), ("b", "disable")]),
    ("alias by a relative link", {f"{LIB}/a.service": PLAIN, f"{ETC}/b.service": "-> ../../../usr/lib/systemd/system/a.service"}, [("b", "enable"), ("a", "enable"), ("b", "disable")]),
    ("alias of an alias", {f"{LIB}/a.service": PLAIN, f"{LIB}/b.service": "-> a.service", f"{LIB}/c.service": "-> b.service"}, [("c", "enable"), ("c", "disable")]),
    ("alias that leads nowhere", {f"{LIB}/b.service": "-> a.service"}, [("b", "enable"), ("b", "disable")]),
    ("alias in /etc that leads nowhere", {f"{ETC}/b.service": "-> /lib/systemd/system/a.service", f"{ETC}/m.target.wants/b.service": "-> ../b.service"}, [("b", "enable"), ("b", "disable")]),
    ("alias of the same name", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service": "-> /lib/systemd/system/a.service"}, [("a", "enable"), ("a", "disable"), ("a", "enable")]),
    ("alias of another type by a link", {f"{LIB}/a.service": PLAIN, f"{LIB}/b.socket": "-> a.service"}, [("b.socket", "enable")]),

    ("linked from elsewhere", {"opt/a.service": PLAIN, f"{ETC}/a.service": "-> /opt/a.service"}, [("a", "enable"), ("a", "mask"), ("a", "disable"), ("a", "enable")]),
    ("linked under another name", {"opt/x.service": unit("WantedBy=m.target\nAlias=z.service\n"), f"{ETC}/a.service": "-> /opt/x.service"}, [("a", "enable"), ("a", "disable")]),
    ("linked by a relative link", {"opt/a.service": PLAIN, f"{ETC}/a.service": "-> ../../../opt/a.service"}, [("a", "enable"), ("a", "disable")]),
    ("linked and static", {"opt/a.service": SERVICE, f"{ETC}/a.service": "-> /opt/a.service"}, [("a", "enable"), ("a", "disable")]),
    ("linked, and gone", {f"{ETC}/a.service": "-> /opt/a.service", f"{ETC}/m.target.wants/a.service": "-> /opt/a.service"}, [("a", "enable"), ("a", "disable")]),
    ("linked in the library", {"opt/a.service": PLAIN, f"{LIB}/a.service": "-> /opt/a.service"}, [("a", "enable"), ("a", "disable")]),
    ("linked template", {"opt/a@.service": PLAIN, f"{ETC}/a@.service": "-> /opt/a@.service"}, [("a@x", "enable"), ("a@x", "disable")]),

    ("mask", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service": "-> /dev/null"}, [("a", "enable"), ("a", "mask"), ("a", "disable"), ("a", "unmask"), ("a", "enable")]),
    ("mask of what is enabled", {f"{LIB}/a.service": PLAIN}, [("a", "enable"), ("a", "mask"), ("a", "disable"), ("a", "unmask"), ("a", "disable")]),
    # systemctl --root looks for the null device below the root, where none is mounted.
    ("relative mask", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service": "-> ../../../dev/null"}, [("a", "enable"), ("a", "mask", "unchanged"), ("a", "unmask", "other"), ("a", "enable")]),
    ("empty file as a mask", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service": ""}, [("a", "enable"), ("a", "mask", "unchanged"), ("a", "disable"), ("a", "unmask"), ("a", "enable")]),
    ("link to an empty file", {f"{LIB}/a.service": PLAIN, "etc/empty": "", f"{ETC}/a.service": "-> ../../empty"}, [("a", "enable"), ("a", "mask", "unchanged"), ("a", "unmask"), ("a", "enable")]),
    ("mask of the library", {f"{LIB}/a.service": "-> /dev/null"}, [("a", "enable"), ("a", "mask"), ("a", "unmask"), ("a", "disable")]),
    ("mask in /run", {f"{LIB}/a.service": PLAIN, f"{RUN}/a.service": "-> /dev/null"}, [("a", "enable"), ("a", "disable"), ("a", "mask"), ("a", "unmask")]),
    ("mask of what is not there", {}, [("a", "mask"), ("a", "unmask"), ("a", "enable")]),
    ("mask of an alias", {f"{LIB}/a.service": unit("WantedBy=m.target\nAlias=b.service\n")}, [("a", "enable"), ("b", "mask"), ("a", "mask"), ("a", "unmask")]),
    ("mask of an instance", {f"{LIB}/a@.service": PLAIN}, [("a@x", "mask"), ("a@x", "enable"), ("a@y", "enable"), ("a@x", "unmask"), ("a@x", "enable")]),
    ("mask of a template", {f"{LIB}/a@.service": PLAIN}, [("a@", "mask"), ("a@x", "enable"), ("a@", "unmask"), ("a@x", "enable")]),
    ("mask of the default instance", {f"{LIB}/a@.service": unit("WantedBy=m.target\nDefaultInstance=d\n")}, [("a@d", "mask"), ("a@", "enable")]),
    ("a folder where the mask goes", {f"{LIB}/a.service": PLAIN, f"{ETC}/a.service/x": ""}, [("a", "mask"), ("a", "enable")]),

    ("in /run", {f"{RUN}/a.service": PLAIN}, ALL("a")),
    ("generated", {"run/systemd/generator/a.service": PLAIN}, [("a", "enable"), ("a", "mask"), ("a", "unmask")]),
    ("transient", {"run/systemd/transient/a.service": PLAIN}, [("a", "enable"), ("a", "disable")]),
    ("generated late", {"run/systemd/generator.late/a.service": PLAIN, f"{LIB}/a.service": PLAIN}, ALL("a")),
    ("enabled in /run", {f"{LIB}/a.service": PLAIN, f"{RUN}/multi-user.target.wants/a.service": "-> /lib/systemd/system/a.service"}, ALL("a")),
    ("in /usr/local", {"usr/local/lib/systemd/system/a.service": PLAIN, f"{LIB}/a.service": SERVICE}, ALL("a")),
    ("in /run over the library", {f"{RUN}/a.service": unit("WantedBy=run.target\n"), f"{LIB}/a.service": PLAIN}, ALL("a")),

    ("wanted by the library", {f"{LIB}/a.service": SERVICE, f"{LIB}/m.target.wants/a.service": "-> ../a.service"}, [("a", "enable"), ("a", "disable"), ("a", "mask"), ("a", "disable")]),
    ("wanted by the library, and installed", {f"{LIB}/a.service": PLAIN, f"{LIB}/m.target.wants/a.service": "-> ../a.service"}, [("a", "enable"), ("a", "disable")]),
    ("instance wanted by the library", {f"{LIB}/a@.service": PLAIN, f"{LIB}/m.target.wants/a@x.service": "-> ../a@.service"}, [("a@x", "enable"), ("a@x", "disable"), ("a@y", "disable")]),
    ("wanted by the library, taken back", {f"{LIB}/a.service": SERVICE, f"{LIB}/m.target.wants/a.service": "-> ../a.service", f"{ETC}/n.target.wants/x.service": "-> /x"}, [("a", "mask"), ("a", "unmask")]),

    ("not there", {}, [("a", "enable"), ("a", "disable")]),
    ("a folder in place of a unit", {f"{LIB}/a.service/x": ""}, [("a", "enable")]),
    ("script alone", {"etc/init.d/a": "#!/bin/sh\n"}, [("a", "mask"), ("a", "unmask")]),
] + [
    (f"a {kind}", {f"{LIB}/a.{kind}": f"[Install]\nWantedBy=m.target\n"}, ALL(f"a.{kind}"))
    for kind in ("socket", "timer", "path", "target", "mount", "swap", "automount", "slice", "device", "scope")
] + [
    (f"a {kind} template", {f"{LIB}/a@.{kind}": f"[Install]\nWantedBy=m.target\n"}, [(f"a@x.{kind}", "enable"), (f"a@x.{kind}", "disable")])
    for kind in ("socket", "timer", "path", "target", "mount", "swap", "automount", "slice", "device", "scope")
]
