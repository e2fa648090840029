/// The first program of the mini OS. Whatever becomes of `lodestar mini`, the machine stays up with a shell on its console.
enum InitScript {
    static let text = """
        #!/bin/busybox sh
        export PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C.UTF-8
        busybox=/usr/bin/busybox
        $busybox mount -t proc proc /proc
        $busybox mount -t sysfs sysfs /sys
        $busybox mount -t devtmpfs dev /dev
        $busybox mkdir -p /dev/pts /dev/shm
        $busybox mount -t devpts devpts /dev/pts
        $busybox mount -t tmpfs tmpfs /run
        $busybox --install -s /usr/bin 2> /dev/null
        /usr/bin/lodestar mini
        echo "lodestar mini has ended: a shell follows"
        while true; do $busybox setsid $busybox cttyhack $busybox sh; done

        """

    /// What udhcpc runs when it has an address (udhcpc of busybox: the values are in its environment).
    static let addressPath = "usr/share/udhcpc/default.script"
    static let address = """
        #!/bin/busybox sh
        [ "$1" = bound ] || [ "$1" = renew ] || exit 0
        ip addr flush dev "$interface"
        ip addr add "$ip/${mask:-24}" dev "$interface"
        for gateway in $router; do ip route add default via "$gateway" dev "$interface"; break; done
        for server in $dns; do echo "nameserver $server"; done > /etc/resolv.conf

        """
}
