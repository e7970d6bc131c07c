# SPDX-License-Identifier: MIT
"""MCAPI on a running board: TEST_SUITES has mcapi. The ptest case runs the packages of tests."""

from oeqa.core.decorator.depends import OETestDepends
from oeqa.runtime.case import OERuntimeTestCase
from oeqa.runtime.decorator.package import OEHasPackage

LOOPBACK = [f"loopback-{side}" for side in (0, 1)]


class McapiTest(OERuntimeTestCase):
    def run_ok(self, command):
        status, output = self.target.run(command)
        assert status == 0, f"{command}: {output}"
        return output

    def has_udev(self):
        return self.target.run("command -v udevadm")[0] == 0

    def node(self, label):
        """The device node of a link, which has a name of its own with udev only."""
        folder = self.run_ok(f"dirname $(grep -l -x {label} /sys/class/mcapi/mcapi*/label)")
        return f"/dev/{folder.strip().split('/')[-1]}"

    @OETestDepends(["ssh.SSHTest.test_ssh"])
    @OEHasPackage(["mcapi-driver"])
    def test_driver_loads(self):
        # In this order links and nodes are there when modprobe returns.
        self.run_ok("modprobe mcapi && modprobe mailbox-loopback")
        for label in LOOPBACK:
            self.run_ok(f"test -c {self.node(label)}")

    @OETestDepends(["mcapi.McapiTest.test_driver_loads"])
    @OEHasPackage(["mcapi-udev"])
    def test_device_nodes_have_names_and_a_group(self):
        if not self.has_udev():
            self.skipTest("the names are those of a udev rule, and there is no udev")
        self.run_ok("udevadm settle --timeout=30")
        for label in LOOPBACK:
            name = f"/dev/mcapi/by-name/{label}"
            assert self.run_ok(f"stat -L -c '%G %a' {name}").strip() == "mcapi 660"
            assert self.run_ok(f"readlink -f {name}").strip() == self.node(label)

    @OETestDepends(["ssh.SSHTest.test_ssh"])
    @OEHasPackage(["mcapi-demos"])
    def test_local_link_carries_messages(self):
        """Two processes of the board, without the driver."""
        output = self.run_ok(
            "export MCAPI_DEVICES=; mcapi-echo --domain 1 --node 2 & "
            "mcapi-ping --domain 1 --node 1 --peer 1:2 --count 100; status=$?; "
            "kill $!; exit $status"
        )
        assert " 0 wrong" in output

    @OETestDepends(["ssh.SSHTest.test_ssh"])
    @OEHasPackage(["python3-mcapi"])
    def test_python_speaks_to_itself(self):
        self.run_ok(
            "MCAPI_DEVICES= python3 -c 'import mcapi\n"
            "with mcapi.Node(domain=1, node=1) as node:\n"
            "    here = node.endpoint(port=1)\n"
            '    here.send(node.find(domain=1, node=1, port=1, timeout=5.0), b"hello")\n'
            '    assert bytes(here.recv(timeout=5.0)) == b"hello"\''
        )
