"""What the tests of real programs in a private namespace share. `enter()` first: what follows runs inside."""
import os, sys, time

failures = []


def enter():
    """Continues in namespaces of its own for mounts and processes; the programs named as arguments stay the same files."""
    if os.environ.get("LODESTAR_TEST_NAMESPACE") == "inside":
        os.environ["SWIFT_BACKTRACE"] = "enable=no"
        return
    os.environ["LODESTAR_TEST_NAMESPACE"] = "inside"
    words = [os.path.realpath(word) if os.path.exists(word) else word for word in sys.argv[1:]]
    os.execvp("unshare", ["unshare", "-m", "-p", "-f", "--mount-proc", "--propagation", "private", "--kill-child",
                          sys.executable, os.path.realpath(sys.argv[0]), *words])


def expect(claim, condition, found=""):
    if not condition:
        failures.append(claim)
        print(f"FAILED {claim}: {found}")


def wait_for(claim, condition, seconds, told=lambda: ""):
    """The first true value of a condition; None, and a failure with what is told, when there is none in time."""
    end = time.time() + seconds
    while time.time() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    expect(claim, False, f"not within {seconds} s{told()}")
    return None


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as file:
        file.write(text)
    os.chmod(path + ".new", mode)
    os.rename(path + ".new", path)
