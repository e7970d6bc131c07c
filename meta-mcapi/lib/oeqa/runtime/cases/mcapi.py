# SPDX-License-Identifier: MIT
"""MCAPI on a running board: TEST_SUITES has mcapi. The ptest case runs the packages of tests."""

from oeqa.core.decorator.depends import OETestDepends
from oeqa.runtime.case import OERuntimeTestCase
from oeqa.runtime.decorator.package import OEHasPackage

LOOPBACK = [f"/dev/mcapi/by-name/loopback-{side}" for side in (0, 1)]


class McapiTest(OERuntimeTestCase):
    def run_ok(self, command):
        status, output = self.target.run(command)
        assert status == 0, f"{command}: {output}"
        return output

    @OETestDepends(["ssh.SSHTest.test_ssh"])
    @OEHasPackage(["mcapi-driver"])
    def test_driver_loads(self):
        self.run_ok("modprobe mcapi && modprobe mailbox-loopback && udevadm settle --timeout=30")
        assert "mcapi" in self.run_ok("ls /sys/class")

    @OETestDepends(["mcapi.McapiTest.test_driver_loads"])
    @OEHasPackage(["mcapi-udev"])
    def test_device_nodes_have_names_and_a_group(self):
        for name in LOOPBACK:
            assert self.run_ok(f"stat -L -c '%G %a' {name}").strip() == "mcapi 660"

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
